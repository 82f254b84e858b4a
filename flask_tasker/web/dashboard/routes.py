"""All addresses of the dashboard. What is routed and checked comes from here, so that nothing is said twice."""

from __future__ import annotations

from functools import partial
from typing import Final

from . import actions, handlers, listing, overview, raw, selection, starting, step, stream, task
from .offers import BULK, EDIT_STEP, STEP_PERMISSIONS, TASK_PERMISSIONS
from .route import Route

_MANY: Final = "/tasks/selection"
_TASK: Final = "/tasks/<task_id>"
_STEP: Final = f"{_TASK}/steps/<step_id>"
_HANDLER: Final = "/handlers/one"

TASK_ROUTES: Final = (
    Route(path="/tasks", name="list_tasks", page=listing.index, permission="tasker.task:index"),
    Route(path=_MANY, name="preview_tasks", page=selection.preview, permission=BULK),
    Route(path=_MANY, name="act_on_tasks", page=selection.act, permission=BULK, method="POST"),
    Route(path=_TASK, name="show_task", page=task.show, permission="tasker.task:show"),
    Route(path=f"{_TASK}/live", name="follow_task", page=task.follow, permission="tasker.task:show"),
    Route(path=f"{_TASK}/stream", name="stream_task", page=stream.show, permission="tasker.task:show"),
    Route(path=f"{_TASK}/json", name="task_json", page=raw.task, permission="tasker.task:show"),
    Route(path=f"{_TASK}/graph", name="graph_json", page=raw.graph, permission="tasker.task:show"),
    *(
        Route(
            path=f"{_TASK}/{verb}",
            name=f"{verb}_task",
            page=partial(actions.act, verb=verb),
            permission=permission,
            method="POST",
        )
        for verb, permission in TASK_PERMISSIONS.items()
    ),
)

STEP_ROUTES: Final = (
    Route(path=_STEP, name="show_step", page=step.show, permission="tasker.workflow_step:show"),
    Route(path=f"{_STEP}/json", name="step_json", page=raw.step, permission="tasker.workflow_step:show"),
    Route(path=f"{_STEP}/inputs", name="edit_inputs", page=actions.edit_inputs, permission=EDIT_STEP, method="POST"),
    *(
        Route(
            path=f"{_STEP}/{verb}",
            name=f"{verb}_step",
            page=partial(actions.act_on_its_step, verb=verb),
            permission=permission,
            method="POST",
        )
        for verb, permission in STEP_PERMISSIONS.items()
    ),
)

HANDLER_ROUTES: Final = (
    Route(path="/handlers", name="list_handlers", page=handlers.index, permission="tasker.handler:index"),
    Route(path=_HANDLER, name="show_handler", page=handlers.show, permission="tasker.handler:show"),
    Route(path=_HANDLER, name="start_task", page=starting.start, permission="tasker.task:create", method="POST"),
)

ROUTES: Final = (
    Route(path="/", name="overview", page=overview.show, permission="tasker.task:index"),
    Route(path="/figures", name="overview_figures", page=overview.figures, permission="tasker.task:index"),
    *TASK_ROUTES,
    *STEP_ROUTES,
    *HANDLER_ROUTES,
)
