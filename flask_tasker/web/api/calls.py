"""All calls of the API. What is routed, documented and checked comes from here, so that nothing is said twice."""

from __future__ import annotations

from typing import Final

from . import bulk, graphs, handlers, history, steps, tasks
from .app_calls import DOCUMENT_CALLS, HEALTH_CALLS, METRICS_CALLS
from .call import Call
from .changes import (
    BulkSchema,
    ReasonSchema,
    ResolutionSchema,
    StepChangesSchema,
    StepUpdateSchema,
    TaskChangesSchema,
    TaskUpdateSchema,
)
from .envelopes import (
    BulkAnswer,
    CancelledAnswer,
    GraphAnswer,
    HandlerAnswer,
    HandlersAnswer,
    StepAnswer,
    StepsAnswer,
    TaskAnswer,
    TasksAnswer,
    TransitionsAnswer,
)
from .filtering import TaskQuerySchema
from .graphs import FormatSchema
from .handlers import VersionSchema
from .paging import PageSchema, PlainPageSchema
from .requests import CreateTaskSchema
from .tasks import IDEMPOTENCY_KEY

_TASK: Final = "/tasks/<task_id>"
_STEP: Final = f"{_TASK}/workflow_steps/<step_id>"

TASK_CALLS: Final = (
    Call(
        methods=["GET"],
        path="/tasks",
        name="list_tasks",
        handler=tasks.index,
        summary="A page of tasks",
        permission="tasker.task:index",
        query=TaskQuerySchema,
        answer=TasksAnswer,
        errors=[400],
        answer_headers={"X-Total-Count": "how many tasks the filters select, where `count=true` asks for it"},
    ),
    Call(
        methods=["POST"],
        path="/tasks",
        name="create_task",
        handler=tasks.create,
        summary="Start a task",
        permission="tasker.task:create",
        body=CreateTaskSchema,
        answer=TaskAnswer,
        status=201,
        headers={
            IDEMPOTENCY_KEY: "1 to 255 printable characters: asked again with the same key, the same task is the answer"
        },
        errors=[400, 409],
    ),
    Call(
        methods=["POST"],
        path="/tasks/bulk",
        name="bulk_tasks",
        handler=bulk.act,
        summary="Cancel or retry all tasks that a filter selects",
        permission="tasker.task:bulk",
        action_permissions={str(verb): permission for verb, permission in bulk.PERMISSIONS.items()},
        body=BulkSchema,
        answer=BulkAnswer,
        errors=[400],
    ),
    Call(
        methods=["GET"],
        path=_TASK,
        name="show_task",
        handler=tasks.show,
        summary="One task",
        permission="tasker.task:show",
        answer=TaskAnswer,
        errors=[404],
    ),
    Call(
        methods=["PATCH", "PUT"],
        path=_TASK,
        name="update_task",
        handler=tasks.update,
        summary="Change why a task was asked for, and its tags",
        permission="tasker.task:update",
        body=TaskUpdateSchema,
        bare=TaskChangesSchema,
        answer=TaskAnswer,
        errors=[400, 404],
    ),
    Call(
        methods=["DELETE"],
        path=_TASK,
        name="cancel_task",
        handler=tasks.cancel,
        summary="Cancel a task",
        permission="tasker.task:destroy",
        body=ReasonSchema,
        answer=CancelledAnswer,
        errors=[400, 404, 409],
    ),
    Call(
        methods=["POST"],
        path=f"{_TASK}/retry",
        name="retry_task",
        handler=tasks.retry,
        summary="Try all failed steps of a task again",
        permission="tasker.task:retry",
        body=ReasonSchema,
        answer=TaskAnswer,
        errors=[400, 404, 409],
    ),
    Call(
        methods=["GET"],
        path=f"{_TASK}/transitions",
        name="list_transitions",
        handler=history.index,
        summary="What happened to a task and its steps",
        permission="tasker.transition:index",
        query=PlainPageSchema,
        answer=TransitionsAnswer,
        errors=[400, 404],
    ),
    Call(
        methods=["GET"],
        path=f"{_TASK}/graph",
        name="show_graph",
        handler=graphs.show,
        summary="The graph of a task",
        permission="tasker.task:show",
        query=FormatSchema,
        answer=GraphAnswer,
        texts=["text/plain"],
        errors=[404],
    ),
)

STEP_CALLS: Final = (
    Call(
        methods=["GET"],
        path=f"{_TASK}/workflow_steps",
        name="list_steps",
        handler=steps.index,
        summary="A page of a task's steps",
        permission="tasker.workflow_step:index",
        query=PageSchema,
        answer=StepsAnswer,
        errors=[400, 404],
    ),
    Call(
        methods=["GET"],
        path=_STEP,
        name="show_step",
        handler=steps.show,
        summary="One step",
        permission="tasker.workflow_step:show",
        answer=StepAnswer,
        errors=[404],
    ),
    Call(
        methods=["PATCH", "PUT"],
        path=_STEP,
        name="update_step",
        handler=steps.update,
        summary="Change a step's inputs, and how often it is tried",
        permission="tasker.workflow_step:update",
        body=StepUpdateSchema,
        bare=StepChangesSchema,
        answer=StepAnswer,
        errors=[400, 404],
    ),
    Call(
        methods=["DELETE"],
        path=_STEP,
        name="cancel_step",
        handler=steps.cancel,
        summary="Cancel a step",
        permission="tasker.workflow_step:destroy",
        body=ReasonSchema,
        answer=CancelledAnswer,
        errors=[400, 404, 409],
    ),
    Call(
        methods=["POST"],
        path=f"{_STEP}/retry",
        name="retry_step",
        handler=steps.retry,
        summary="Try a failed step again",
        permission="tasker.workflow_step:retry",
        body=ReasonSchema,
        answer=StepAnswer,
        errors=[400, 404, 409],
    ),
    Call(
        methods=["POST"],
        path=f"{_STEP}/skip",
        name="skip_step",
        handler=steps.skip,
        summary="Skip a step",
        permission="tasker.workflow_step:skip",
        body=ReasonSchema,
        answer=StepAnswer,
        errors=[400, 404, 409],
    ),
    Call(
        methods=["POST"],
        path=f"{_STEP}/resolve",
        name="resolve_step",
        handler=steps.resolve,
        summary="Give a step its results by hand",
        permission="tasker.workflow_step:resolve",
        body=ResolutionSchema,
        answer=StepAnswer,
        errors=[400, 404, 409],
    ),
)

HANDLER_CALLS: Final = (
    Call(
        methods=["GET"],
        path="/handlers",
        name="list_handlers",
        handler=handlers.index,
        summary="All handlers",
        permission="tasker.handler:index",
        answer=HandlersAnswer,
    ),
    Call(
        methods=["GET"],
        path="/handlers/<namespace>",
        name="list_handlers_of_namespace",
        handler=handlers.index,
        summary="The handlers of a namespace",
        permission="tasker.handler:index",
        answer=HandlersAnswer,
    ),
    Call(
        methods=["GET"],
        path="/handlers/<namespace>/<name>",
        name="show_handler",
        handler=handlers.show,
        summary="One handler",
        permission="tasker.handler:show",
        query=VersionSchema,
        answer=HandlerAnswer,
        errors=[404],
    ),
)

CALLS: Final = (*TASK_CALLS, *STEP_CALLS, *HANDLER_CALLS, *HEALTH_CALLS, *METRICS_CALLS, *DOCUMENT_CALLS)
