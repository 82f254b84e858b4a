"""All addresses of the dashboard. What is routed and checked comes from here, so that nothing is said twice."""

from __future__ import annotations

from typing import Final

from . import listing, overview, task
from .route import Route

_TASK: Final = "/tasks/<task_id>"

TASK_ROUTES: Final = (
    Route(path="/tasks", name="list_tasks", page=listing.index, permission="tasker.task:index"),
    Route(path=_TASK, name="show_task", page=task.show, permission="tasker.task:show"),
    Route(path=f"{_TASK}/live", name="follow_task", page=task.follow, permission="tasker.task:show"),
)

ROUTES: Final = (
    Route(path="/", name="overview", page=overview.show, permission="tasker.task:index"),
    Route(path="/figures", name="overview_figures", page=overview.figures, permission="tasker.task:index"),
    *TASK_ROUTES,
)
