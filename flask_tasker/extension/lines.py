"""How the process's log lines are written."""

from __future__ import annotations

from flask import Flask
from flask.logging import default_handler

from ..config import Settings
from ..engine import process_name
from ..logs import use_format


def write_lines(app: Flask, settings: Settings) -> None:
    """Have the lines of this process written as ``TASKER_LOG_FORMAT`` says; unset, nothing is touched."""
    if settings.log_format is None:
        return
    use_format(settings.log_format, settings.log_redactor, worker=process_name)
    if app.logger.propagate:
        # Flask's own handler, put there before the root logger had one, would write each line a second time.
        app.logger.removeHandler(default_handler)
