"""The graph of a handler as a picture that stands alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from markupsafe import escape

from ..web.dashboard.drawing import Arrow, Box, clipped, layout
from ..web.graph import Graph

NAME: Final = 22
"""Characters of a name that fit into a box."""
STYLE: Final = """\
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
rect { fill: #f6f8fa; stroke: #59636e }
path { fill: none; stroke: #59636e }
marker path { fill: #59636e; stroke: none }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc }
rect { fill: #151b23; stroke: #9198a1 }
path { stroke: #9198a1 }
marker path { fill: #9198a1 }
}"""
HEAD: Final = (
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
    'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>'
)


def svg(graph: Graph, *, title: str) -> str:
    """An SVG document: the steps from left to right, each right of those that it waits for."""
    drawn = layout(graph)
    names = {node.key: node.name for node in graph.nodes}
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawn.width} {drawn.height}" '
            f'width="{drawn.width}" height="{drawn.height}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>{STYLE}</style>",
            HEAD,
            *map(_arrow, drawn.arrows),
            *(line for box in drawn.boxes for line in _box(box, names[box.key])),
            "</svg>\n",
        ]
    )


def _arrow(arrow: Arrow) -> str:
    return f'<path d="{arrow.path}" marker-end="url(#head)"/>'


def _box(box: Box, name: str) -> Iterator[str]:
    """A step: its name as it fits, and all of it where the pointer rests."""
    yield f'<g transform="translate({box.x} {box.y})"><title>{escape(name)}</title>'
    yield f'<rect width="{box.width}" height="{box.height}" rx="6"/>'
    yield f'<text x="10" y="{box.height // 2 + 5}">{escape(clipped(name, NAME))}</text></g>'
