"""Where an app serves the API: once, under another name, within another blueprint, or several times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from flask import Flask
from flask.blueprints import BlueprintSetupState

from ...errors import ConfigurationError
from .document import document_of

if TYPE_CHECKING:
    from ..api.call import Call

KEY: Final = "tasker_mounts"


@dataclass(frozen=True, kw_only=True)
class Mount:
    """One registration of the blueprint.

    Attributes:
        name: of the blueprint, as the app knows it.
        prefix: before every path; empty at the root.
        calls: what is served there.
    """

    name: str
    prefix: str
    calls: Sequence[Call]

    @cached_property
    def document(self) -> Mapping[str, Any]:
        """The OpenAPI document, made once."""
        return document_of(self.calls, server=self.prefix or "/")

    def document_below(self, root: str) -> Mapping[str, Any]:
        """The document for a client that finds the whole app below ``root``."""
        return {**self.document, "servers": [{"url": f"{root}{self.prefix}"}]} if root else self.document


def mounted(state: BlueprintSetupState, *, calls: Sequence[Call]) -> None:
    """Keep in mind where the blueprint is registered."""
    name = f"{state.name_prefix}.{state.name}".lstrip(".")
    mount = Mount(name=name, prefix=(state.url_prefix or "").rstrip("/"), calls=calls)
    state.app.extensions.setdefault(KEY, {})[name] = mount


def mounts_of(app: Flask) -> Mapping[str, Mount]:
    """Where ``app`` serves the API, by the name of the blueprint."""
    found: Mapping[str, Mount] = app.extensions.get(KEY, {})
    return found


def mount_of(app: Flask, name: str | None = None) -> Mount:
    """Where ``app`` serves the API, or the first place of several unless ``name`` says which.

    Raises:
        ConfigurationError: nowhere.
    """
    mounts = mounts_of(app)
    if not mounts or (name is not None and name not in mounts):
        known = ", ".join(mounts) or "none: call Tasker(app) or tasker.init_app(app) before"
        raise ConfigurationError(f"no blueprint {name or 'of the API'} in this app; there is {known}")
    return mounts[name] if name is not None else next(iter(mounts.values()))
