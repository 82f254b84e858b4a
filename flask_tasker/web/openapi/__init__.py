"""The API as an OpenAPI document: made from its calls and their schemas."""

from __future__ import annotations

from .adding import add_to
from .mount import Mount, mount_of, mounted, mounts_of
from .page import page_of, stylesheet

__all__ = ["Mount", "add_to", "mount_of", "mounted", "mounts_of", "page_of", "stylesheet"]
