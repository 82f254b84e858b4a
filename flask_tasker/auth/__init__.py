"""Ready-made callbacks for ``tasker.authorize``, over the login that the app has already; one module a library.

Each asks who it is, answers 401 where that is nobody, and leaves to ``decide(user, permission, resource)`` what they
may do: it returns an ``Access``, ``True`` or ``False``.
"""
