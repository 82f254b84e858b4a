"""What is no request for a task."""

from __future__ import annotations

from flask_tasker import StepRun, Tasker, TaskHandler, TaskRequest, step, task_handler


@task_handler("refused_requests")
class Refused(TaskHandler):
    @step
    def only(self, run: StepRun) -> None: ...


def start(tasker: Tasker) -> None:
    tasker.create_task("refused_requests")  # E: [arg-type]
    tasker.create_task(Refused)  # E: [arg-type]
    tasker.create_task({"name": "refused_requests"})  # E: [arg-type]
    tasker.create_task(Refused.request(), session="db")  # E: [arg-type]
    tasker.create_task(Refused.request(), sesion=None)  # E: [call-arg]
    print(tasker.create_task(Refused.request()).taskid)  # E: [attr-defined]


TaskRequest()  # E: [call-arg]
TaskRequest("order")  # E: [call-arg]
TaskRequest(name="order", context=3)  # E: [arg-type]
TaskRequest(name="order", tags="new")  # E: [arg-type]
TaskRequest(name="order").name = "other"  # E: [misc]
