"""What can be done to steps. Each is a transaction of its own; an operation's run one after the other."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from ...engine import act_on_step, edit_step
from ...lifecycle import Verb
from ..access import Access
from ..api.acting import actor_of
from ..entering import enter_step
from ..faults import refusals
from ..redacting import refuse_blanked
from ..refusal import RefusedError
from .context import Info
from .ids import key_of
from .inputs import CancelStepInput, ResolveStepInput, RetryStepInput, SkipStepInput, UpdateStepInput, given
from .loading import load_step
from .permissions import PERMISSIONS
from .texts import object_from
from .types import WorkflowStep

VerbInput: TypeAlias = CancelStepInput | RetryStepInput | SkipStepInput | ResolveStepInput

INPUTS: Final = frozenset({"inputs"})


def update_step(info: Info, *, input: UpdateStepInput) -> WorkflowStep | None:
    """A step whose inputs and retry limit are changed."""
    step_id, _ = _entered(info, input)
    said = given(input, nulls=INPUTS)
    changes = {name: said[name] for name in ("retry_limit", "inputs") if name in said}
    if "inputs" in changes:
        changes["inputs"] = object_from(changes["inputs"], "inputs")
        refuse_blanked(info.context.deps.settings.redactor, "inputs", changes["inputs"])
    with refusals():
        edit_step(info.context.deps.runtime(), input.task_id, step_id, changes)
    return _shown(info, input.task_id, step_id)


def cancel_step(info: Info, *, input: CancelStepInput) -> WorkflowStep | None:
    """A step that is cancelled, or asked to stop; once more changes nothing."""
    return _acted_on(info, input, Verb.CANCEL)


def retry_step(info: Info, *, input: RetryStepInput) -> WorkflowStep | None:
    """A failed step that is tried again."""
    return _acted_on(info, input, Verb.RETRY)


def skip_step(info: Info, *, input: SkipStepInput) -> WorkflowStep | None:
    """A step that is skipped."""
    return _acted_on(info, input, Verb.SKIP)


def resolve_step(info: Info, *, input: ResolveStepInput) -> WorkflowStep | None:
    """A step that is given its results by hand."""
    return _acted_on(info, input, Verb.RESOLVE, results=input.results)


def _acted_on(info: Info, wanted: VerbInput, verb: Verb, *, results: Any = None) -> WorkflowStep:
    step_id, access = _entered(info, wanted)
    refuse_blanked(info.context.deps.settings.redactor, "results", results)
    with refusals():
        actor = actor_of(access, given(wanted).get("reason"))
        act_on_step(info.context.deps.runtime(), step_id, verb, actor=actor, results=results)
    return _shown(info, wanted.task_id, step_id)


def _entered(info: Info, wanted: VerbInput | UpdateStepInput) -> tuple[int, Access]:
    """The key of a step, and who asks, if they may do this to it."""
    permission = PERMISSIONS[info.field_name]
    step, access = enter_step(info.context.deps, permission, wanted.task_id, key_of(wanted.step_id))
    return step.row.workflow_step_id, access


def _shown(info: Info, task_id: int, step_id: int) -> WorkflowStep:
    found = load_step(info, task_id, step_id)
    if found is None:
        raise RefusedError(404)
    return found.shown
