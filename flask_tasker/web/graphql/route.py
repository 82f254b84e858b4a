"""The routes of the GraphQL API. Without the extra they say what is missing."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, Final

from flask import Blueprint, Response, current_app

from ..api.answer import View, guarded
from ..dependencies import ApiDependencies
from ..refusal import RefusedError
from .page import ASSET_ENDPOINT, graphiql_asset, graphiql_page

ENDPOINT: Final = "graphql"
PAGE_ENDPOINT: Final = "graphiql"
MISSING: Final = "GraphQL needs an extra that is not installed: pip install 'flask-tasker[graphql]'"


def add_graphql(blueprint: Blueprint, deps: ApiDependencies, entered: Callable[[View], View]) -> None:
    """Route queries and mutations and, in debug, the GraphiQL page and what it is made of.

    ``entered`` puts what is checked of every request before a view.
    """

    def ask(**_values: Any) -> Response:
        if find_spec("strawberry") is None:
            raise RefusedError(501, message=MISSING)
        return _respond(deps)

    page, asset = _in_debug(graphiql_page), _in_debug(graphiql_asset)
    for path, endpoint, method, view in (
        ("/graphql", ENDPOINT, "POST", ask),
        ("/graphql", PAGE_ENDPOINT, "GET", page),
        ("/graphql/assets/<name>", ASSET_ENDPOINT, "GET", asset),
    ):
        blueprint.add_url_rule(
            path,
            endpoint,
            guarded(entered(view)),
            methods=[method],
            strict_slashes=False,
            provide_automatic_options=False,
        )


def _in_debug(view: View) -> View:
    def debugged_view(**values: Any) -> Response:
        if not current_app.debug:
            raise RefusedError(404)
        return view(**values)

    return debugged_view


def _respond(deps: ApiDependencies) -> Response:
    # Here and not above: the extra may be missing, and to an app that has no use for it the import is half a second.
    from .endpoint import respond  # noqa: PLC0415

    return respond(deps)
