"""Every other path of the dashboard, and the way to it from the prefix."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flask import Response
from flask.blueprints import BlueprintSetupState

from ..api.answer import View
from ..api.unknown import Rest
from ..refusal import RefusedError
from .navigation import see

BELOW: Final = "/ui"
"""Where the dashboard is, below the prefix of the API."""


def add_rest(state: BlueprintSetupState, *, entered: Callable[[View], View]) -> None:
    """Route the prefix itself to the dashboard, and what nothing else takes to a page that says so.

    The rules are added to the map itself, since ``add_url_rule`` cannot say "any method", nor an empty path.
    """
    prefix = (state.url_prefix or "").rstrip("/")
    state.app.url_map.converters[Rest.__qualname__] = Rest
    for path in dict.fromkeys([prefix or "/", f"{prefix}/"]):
        _add(state, path, "prefix", entered(_to_dashboard), methods=["GET"])
    _add(state, f"{prefix}{BELOW}/<{Rest.__qualname__}:path>", "unknown", entered(_nothing))


def _add(state: BlueprintSetupState, path: str, name: str, view: View, **options: Any) -> None:
    endpoint = f"{state.name_prefix}.{state.name}.{name}".lstrip(".")
    rule = state.app.url_rule_class(path, endpoint=endpoint, subdomain=state.subdomain, **options)
    state.app.url_map.add(rule)
    state.app.view_functions[endpoint] = view


def _to_dashboard(**_values: Any) -> Response:
    return see("overview")


def _nothing(**_values: Any) -> Response:
    raise RefusedError(404)
