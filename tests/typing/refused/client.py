"""What the client of the REST API does not take."""

from __future__ import annotations

from flask_tasker.client import TaskerClient


def ask(client: TaskerClient) -> None:
    client.tasks(nmae="copy")  # E: [call-arg]
    client.count(status=None)  # E: [arg-type]
    client.bulk("cancel", requested_after=7)  # E: [arg-type]
    client.create(context={})  # E: [call-arg]
    client.update(7, tags=None)  # E: [arg-type]
    client.wait(7)  # E: [call-arg]
    print(client.get(7).state)  # E: [attr-defined]
