"""The client is an extra."""

from __future__ import annotations

import importlib
import sys

import pytest


def test_without_httpx_the_import_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("flask_tasker.client")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "httpx", None)
    with pytest.raises(ImportError, match=r"install flask-tasker\[client\]"):
        importlib.import_module("flask_tasker.client")
