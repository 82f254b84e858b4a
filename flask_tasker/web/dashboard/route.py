"""One address of the dashboard: a page that is shown, or an action that is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from ..dependencies import ApiDependencies
from .tokens import check_token
from .visit import Visit

Page = Callable[..., Response]
"""``page(visit, **values)``: the values are those of the path, as text."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """What is routed, listed and checked.

    Attributes:
        path: below the dashboard's own address, with placeholders as Werkzeug has them.
        name: the endpoint.
        page: what answers.
        permission: what the callback is asked for beside ``tasker.dashboard:show``, which every address needs.
        method: ``GET``, which also means ``HEAD``, or ``POST``.
    """

    path: str
    name: str
    page: Page
    permission: str
    method: str = "GET"

    def bound(self, deps: ApiDependencies) -> Callable[..., Response]:
        """The page for one app, for those who may enter the dashboard; an action wants the token of a form of ours."""

        def view(**values: Any) -> Response:
            visit = Visit.of(deps, request)
            if self.method != "GET":
                check_token(visit, request)
            return self.page(visit, **values)

        return view
