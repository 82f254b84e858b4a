"""The GraphiQL page, in debug only: everything that it loads comes from the package."""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import Final

from flask import Response, request, send_from_directory, url_for
from markupsafe import escape

ASSETS: Final = Path(__file__).parent / "assets"
ASSET_ENDPOINT: Final = "graphiql_asset"
POLICY: Final = (
    "default-src 'self'; img-src 'self' data:; font-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)


def graphiql_page() -> Response:
    """The page; it asks for the schema as anyone does, so who may not see it gets no help from it."""
    template = Template((ASSETS / "page.html").read_text(encoding="utf-8"))
    # Names of the blueprint that the request came in by: it may be nested or registered under another name.
    names = {"style": "graphiql.min.css", "react": "react.production.min.js", "dom": "react-dom.production.min.js"}
    names |= {"graphiql": "graphiql.min.js", "own_style": "page.css", "start": "start.js"}
    urls = {key: escape(url_for(f".{ASSET_ENDPOINT}", name=name)) for key, name in names.items()}
    response = Response(template.substitute(urls, endpoint=escape(request.path)), mimetype="text/html")
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


def graphiql_asset(name: str) -> Response:
    """A file that the page loads; 404 for any other."""
    return send_from_directory(ASSETS, name)
