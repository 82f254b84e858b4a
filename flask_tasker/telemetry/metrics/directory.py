"""Where several processes keep their figures; this can be asked without the extra."""

from __future__ import annotations

from typing import Final

DIRECTORY: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the directory of prometheus-client's multiprocess mode; read when that is imported."""
