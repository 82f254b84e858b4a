"""Which tasks ``flask tasker list`` lists: the filters of the API, as options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any, Final

import click
from marshmallow import ValidationError

from ..lifecycle import TaskStatus
from ..redaction import NOTHING
from ..store.reading import TaskFilter
from ..web.api.filtering import FilterSchema, filter_of
from .options import seconds_of

_MOMENT: Final = "a moment (2026-01-31, 2026-01-31T12:00Z), or so long ago (2h, 30d)"
_OPTIONS: Final = [
    click.option("--status", type=click.Choice([status.value for status in TaskStatus]), help="Where it stands."),
    click.option("--name", help="The name of its handler."),
    click.option("--namespace", help="The namespace of its handler."),
    click.option("--tag", help="One of its tags."),
    click.option("--initiator", help="Who asked for it."),
    click.option("--source-system", help="Where from."),
    click.option("--reason", help="Words, each the beginning of one in its reason."),
    click.option("--since", "requested_after", metavar="WHEN", help=f"Requested then or later: {_MOMENT}."),
    click.option("--until", "requested_before", metavar="WHEN", help="Requested before then; written as --since."),
    click.option("--annotation-type", help="The name of a type of annotation that it has."),
    click.option("--annotation-key", help="A key that such an annotation has."),
    click.option("--annotation-value", help="What it has under that key, as text; needs --annotation-key."),
]
_NAMES: Final = {"requested_after": "since", "requested_before": "until"}
_DAY: Final = 10
"""Characters of a day without a time."""


def filtering(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that ``wanted`` reads."""
    return reduce(lambda decorated, option: option(decorated), reversed(_OPTIONS), command)


def wanted(options: Mapping[str, str | None], now: Callable[[], datetime]) -> TaskFilter:
    """The filter that the options say, checked as the API checks its own; ``now`` is asked where one is an age.

    Raises:
        click.UsageError: naming the options at fault.
    """
    given = {name: value for name, value in options.items() if value is not None}
    for name in _NAMES.keys() & given.keys():
        given[name] = _moment(given[name], now)
    try:
        # Who has the command line has the database.
        return filter_of(FilterSchema().load(given), None, NOTHING)
    except ValidationError as error:
        faults = [
            f"--{_NAMES.get(name, name).replace('_', '-')} {message}"
            for name, messages in sorted(error.messages_dict.items())
            for message in messages
        ]
        raise click.UsageError("; ".join(faults)) from error


def _moment(text: str, now: Callable[[], datetime]) -> str:
    """A moment in ISO 8601, also where only a day, or how long ago, was said."""
    if text[-1:] in "smhd" and text[:-1].isdecimal():
        return _before(now(), seconds_of(text)).isoformat()
    return f"{text}T00:00:00" if len(text) == _DAY else text


def _before(moment: datetime, seconds: float) -> datetime:
    try:
        return moment - timedelta(seconds=seconds)
    except OverflowError:
        # Before the first year there is: everything is later.
        return datetime.min.replace(tzinfo=UTC)
