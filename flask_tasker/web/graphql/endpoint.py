"""What a POST to the GraphQL path is answered: 200 for all that could be read."""

from __future__ import annotations

from flask import Response, request

from ..api.answer import answer
from ..dependencies import ApiDependencies
from ..refusal import RefusedError
from .asked import asked_in, fields_of
from .errors import refused
from .operation import run


def respond(deps: ApiDependencies) -> Response:
    """The answer to the current request.

    Raises:
        RefusedError: 400, where its body is no JSON object.
    """
    fields = fields_of(request)
    try:
        asked = asked_in(request, fields)
    except RefusedError as refusal:
        return answer({"errors": [refused(refusal)]})
    return answer(run(deps, asked))
