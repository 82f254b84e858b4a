"""How long the shop's steps are patient with the outside systems."""

from __future__ import annotations

from datetime import timedelta

from flask_tasker import Backoff, Retry

PATIENT = Retry(limit=5, backoff=Backoff(base=timedelta(milliseconds=200), maximum=timedelta(minutes=1)))
"""For systems that are briefly out of order now and then. A refusal is permanent whatever the limit."""

LOCAL = Retry(limit=3, backoff=Backoff(base=timedelta(milliseconds=100)))
"""For steps that need nothing but the shop's own database."""
