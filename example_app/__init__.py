"""A shop whose orders, registrations and reports are tasks: ``flask --app example_app run``."""

from .application import create_app

__all__ = ["create_app"]
