"""What the callback is asked for each field at the top of an operation."""

from __future__ import annotations

from typing import Final

PERMISSIONS: Final = {
    "tasks": "tasker.task:index",
    "tasksByStatus": "tasker.task:index",
    "tasksByAnnotation": "tasker.task:index",
    "task": "tasker.task:show",
    "step": "tasker.workflow_step:show",
    "annotationTypes": "tasker.annotation_type:index",
    "createTask": "tasker.task:create",
    "updateTask": "tasker.task:update",
    "cancelTask": "tasker.task:destroy",
    "retryTask": "tasker.task:retry",
    "bulkTasks": "tasker.task:bulk",
    "updateStep": "tasker.workflow_step:update",
    "cancelStep": "tasker.workflow_step:destroy",
    "retryStep": "tasker.workflow_step:retry",
    "skipStep": "tasker.workflow_step:skip",
    "resolveStep": "tasker.workflow_step:resolve",
    "__schema": "tasker.openapi:show",
    "__type": "tasker.openapi:show",
}
"""``bulkTasks`` asks for its action's own permission too."""
