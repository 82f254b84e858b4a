"""What operators do to tasks and steps of the current app, in Python."""

from __future__ import annotations

from typing import Any

from ..engine import act_on_step, act_on_task, why
from ..handlers.validation import check_actor
from ..lifecycle import StepStatus, TaskStatus, Verb
from ..store.verbs import Actor
from .state import State


class Operations:
    """Cancel, retry, skip and resolve. Each is recorded with who and why, and refused where the state forbids it.

    All raise ``NotFoundError`` where there is no such task or step, ``NotAllowedError``, which names what the state
    allows, and ``InvalidRequestError`` where the actor (up to 255 characters) or the reason (up to 2,000) cannot be
    stored.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def cancel_task(self, task_id: int, *, actor: str, reason: str | None = None) -> TaskStatus:
        """Cancel a task: waiting steps are cancelled, running ones asked to stop; nothing of it is claimed again."""
        return self._task(task_id, Verb.CANCEL, actor, reason)

    def retry_task(self, task_id: int, *, actor: str, reason: str | None = None) -> TaskStatus:
        """Try all failed steps of a task in error again, from the first attempt on."""
        return self._task(task_id, Verb.RETRY, actor, reason)

    def resolve_task(self, task_id: int, *, actor: str, reason: str | None = None) -> TaskStatus:
        """Declare a task in error resolved by hand; its steps stay as they are."""
        return self._task(task_id, Verb.RESOLVE, actor, reason)

    def cancel_step(self, step_id: int, *, actor: str, reason: str | None = None) -> StepStatus:
        """Cancel a waiting step, so that its children may run; ask a running one to stop, which is cancelled then."""
        return self._step(step_id, Verb.CANCEL, actor, reason)

    def retry_step(self, step_id: int, *, actor: str, reason: str | None = None) -> StepStatus:
        """Try a failed step again, now and from the first attempt on."""
        return self._step(step_id, Verb.RETRY, actor, reason)

    def skip_step(self, step_id: int, *, actor: str, reason: str | None = None) -> StepStatus:
        """Skip a waiting or failed step; its children may run."""
        return self._step(step_id, Verb.SKIP, actor, reason)

    def resolve_step(self, step_id: int, *, results: Any = None, actor: str, reason: str | None = None) -> StepStatus:
        """Give a waiting or failed step its results by hand; its children may run."""
        return self._step(step_id, Verb.RESOLVE, actor, reason, results)

    def why(self, step_id: int) -> str:
        """Say in one sentence why a step is not running."""
        return why(self._state.runtime, step_id)

    def _task(self, task_id: int, verb: Verb, actor: str, reason: str | None) -> TaskStatus:
        return act_on_task(self._state.runtime, task_id, verb, actor=_actor(actor, reason))

    def _step(self, step_id: int, verb: Verb, actor: str, reason: str | None, results: Any = None) -> StepStatus:
        return act_on_step(self._state.runtime, step_id, verb, actor=_actor(actor, reason), results=results)


def _actor(name: str, reason: str | None) -> Actor:
    check_actor(name, reason)
    return Actor(name=name, reason=reason)
