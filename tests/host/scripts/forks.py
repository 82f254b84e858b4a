"""Forks after its worker has started: the child has a worker of its own."""

import os

from tests.host.served import create_app, status_of, tasker
from tests.host.shop import an_order
from tests.host.waiting import until


def complete_an_order(number: int) -> None:
    """Start a task, and wait for this process's worker to end it."""
    with app.app_context():
        task_id = tasker.create_task(an_order(number)).task_id
    until(lambda: status_of(app, task_id) == "complete")


if __name__ == "__main__":
    app = create_app()
    complete_an_order(1)
    child = os.fork()
    complete_an_order(2 if child else 3)
    if child:
        assert os.waitpid(child, 0)[1] == 0
