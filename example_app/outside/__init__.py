"""The systems outside of the shop (payments, courier, tax, mail), as one small service on loopback.

A Flask app of its own, in a process of its own: ``python -m example_app.outside``. What it answers depends on the data
that it is sent, as test cards do at real payment providers: see ``Fate``.
"""

from .books import Books
from .fates import Fate
from .service import create_service

__all__ = ["Books", "Fate", "create_service"]
