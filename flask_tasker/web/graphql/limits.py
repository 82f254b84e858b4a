"""Limits of a GraphQL document, held on what was parsed before anything else looks at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionNode,
)

from ...config import Settings
from ..refusal import RefusedError
from .selection import fields_in, inner_of


def check_limits(document: DocumentNode, settings: Settings) -> None:
    """Refuse a document that has an operation too deep, with too many aliases, or with too many fields at its top.

    What a fragment holds counts wherever it is spread.

    Raises:
        RefusedError: 400, naming the limit.
    """
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    ruler = _Ruler(fragments=fragments)
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            top = node.selection_set.selections
            size = ruler.size_of(top)
            keys = {(found.alias or found.name).value for found in fields_in(top, fragments)}
            _hold(size.depth, settings.graphql_max_depth, "levels of fields", "DEPTH")
            _hold(size.aliases, settings.graphql_max_aliases, "aliases", "ALIASES")
            _hold(len(keys), settings.graphql_max_root_fields, "fields at its top", "ROOT_FIELDS")


def over_limit(most: int, what: str, name: str) -> RefusedError:
    """What a document over a limit is answered."""
    return RefusedError(400, message=f"the query has more than {most} {what}, which is TASKER_GRAPHQL_MAX_{name}")


def _hold(got: int, most: int, what: str, name: str) -> None:
    if got > most:
        raise over_limit(most, what, name)


@dataclass(frozen=True, kw_only=True)
class _Size:
    depth: int = 0
    aliases: int = 0


@dataclass(frozen=True, kw_only=True)
class _Ruler:
    """Measures selections. A fragment is measured once, so that fragments of fragments of fragments cost no more."""

    fragments: Mapping[str, FragmentDefinitionNode]
    known: dict[str, _Size] = field(default_factory=dict)

    def size_of(self, selections: tuple[SelectionNode, ...]) -> _Size:
        """How deep these are, and how many aliases they have."""
        depth = aliases = 0
        for node in selections:
            inner = self._spread(node.name.value) if isinstance(node, FragmentSpreadNode) else self._inside(node)
            depth, aliases = max(depth, inner.depth), aliases + inner.aliases
        return _Size(depth=depth, aliases=aliases)

    def _inside(self, node: SelectionNode) -> _Size:
        inner = self.size_of(inner_of(node))
        if not isinstance(node, FieldNode):
            return inner
        # The query that tools introspect with is deep; graphql-core has a rule of its own against deeper ones.
        deeper = 0 if node.name.value.startswith("__") else inner.depth
        return _Size(depth=1 + deeper, aliases=inner.aliases + (node.alias is not None))

    def _spread(self, name: str) -> _Size:
        if name not in self.known and name in self.fragments:
            # One that spreads itself is refused by validation; it must not be measured for ever before.
            self.known[name] = _Size()
            self.known[name] = self.size_of(tuple(self.fragments[name].selection_set.selections))
        return self.known.get(name, _Size())
