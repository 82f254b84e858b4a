"""What can be asked."""

from __future__ import annotations

from collections.abc import Mapping

from strawberry import ID

from ...store.reading import list_annotation_types, reading
from ..api.filtering import FilterSchema, filter_of
from ..api.loading import loaded
from ..api.paging import DEFAULT_LIMIT
from .context import Info, enter
from .ids import key_of
from .loading import load_row, load_step, load_task, load_tasks
from .paging import NEWEST_FIRST, Wanted
from .types import AnnotationType, Task, WorkflowStep


def tasks(
    info: Info,
    *,
    limit: int | None = DEFAULT_LIMIT,
    offset: int | None = 0,
    sort_by: str | None = NEWEST_FIRST,
    sort_order: str | None = "desc",
) -> list[Task] | None:
    """A page of all tasks that they may see."""
    wanted = Wanted(limit=limit, offset=offset, sort_by=sort_by, sort_order=sort_order)
    return _listed(info, wanted, {})


def tasks_by_status(
    info: Info,
    *,
    status: str,
    limit: int | None = DEFAULT_LIMIT,
    offset: int | None = 0,
    sort_by: str | None = NEWEST_FIRST,
    sort_order: str | None = "desc",
) -> list[Task] | None:
    """A page of those with a status."""
    wanted = Wanted(limit=limit, offset=offset, sort_by=sort_by, sort_order=sort_order)
    return _listed(info, wanted, {"status": status})


def tasks_by_annotation(
    info: Info,
    *,
    annotation_type: str,
    annotation_key: str,
    annotation_value: str,
    limit: int | None = DEFAULT_LIMIT,
    offset: int | None = 0,
    sort_by: str | None = NEWEST_FIRST,
    sort_order: str | None = "desc",
) -> list[Task] | None:
    """A page of those with an annotation, each once."""
    wanted = Wanted(limit=limit, offset=offset, sort_by=sort_by, sort_order=sort_order)
    about = {"annotation_type": annotation_type, "annotation_key": annotation_key}
    return _listed(info, wanted, {**about, "annotation_value": annotation_value})


def task(info: Info, *, task_id: ID) -> Task | None:
    """One task, where there is one for them."""
    key = key_of(task_id)
    row = load_row(info, key)
    access = enter(info, row)
    # Only then what belongs to it, which may be much.
    return load_task(info, key) if row is not None and access.sees(row) else None


def step(info: Info, *, task_id: int, step_id: ID) -> WorkflowStep | None:
    """One step of that task, where there is one for them."""
    found = load_step(info, task_id, key_of(step_id))
    access = enter(info, found and found.row)
    return found.shown if found is not None and access.sees(found.task) else None


def annotation_types(info: Info) -> list[AnnotationType] | None:
    """What the annotations of the tasks that they may see are about."""
    access = enter(info)
    with reading(info.context.deps.engine()) as session:
        found = list_annotation_types(session, owners=access.owners)
    return [
        AnnotationType(
            annotation_type_id=ID(str(kind.annotation_type_id)), name=kind.name, description=kind.description
        )
        for kind in found
    ]


def _listed(info: Info, wanted: Wanted, filters: Mapping[str, str]) -> list[Task]:
    access = enter(info)
    settings = info.context.deps.settings
    page = wanted.page(max_size=settings.max_page_size)
    info.context.count(page.limit)
    return load_tasks(info, page, filter_of(loaded(FilterSchema(), filters), access.owners, settings.redactor))
