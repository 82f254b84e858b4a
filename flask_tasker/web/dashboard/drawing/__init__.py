"""Pictures of a task as values: its graph, its time line, its JSON. Pure: no request, no database, no HTML."""

from .clipping import clipped
from .folding import Fan, Folded, folded
from .json_tree import Branch, JsonLimits, Leaf, json_tree
from .layout import Arrow, Box, Layout, layout
from .picture import DrawnNode, Picture, picture
from .spans import Kind, Move, Progress, Span, spans_of
from .ticks import Tick, duration, ticks
from .timeline import Bar, Line, Timeline, timeline

__all__ = [
    "Arrow",
    "Bar",
    "Box",
    "Branch",
    "DrawnNode",
    "Fan",
    "Folded",
    "JsonLimits",
    "Kind",
    "Layout",
    "Leaf",
    "Line",
    "Move",
    "Picture",
    "Progress",
    "Span",
    "Tick",
    "Timeline",
    "clipped",
    "duration",
    "folded",
    "json_tree",
    "layout",
    "picture",
    "spans_of",
    "ticks",
    "timeline",
]
