"""The tables as frozen, versioned steps, which a host's own Alembic revision calls.

A revision names both versions, so that it means the same under every later version of this package::

    def upgrade():
        flask_tasker.migrations.upgrade(op, since=0, to=1)


    def downgrade():
        flask_tasker.migrations.downgrade(op, since=1, to=0)
"""

from .installed import installed_version
from .operations import Op
from .versions import LATEST, downgrade, upgrade

__all__ = ["LATEST", "Op", "downgrade", "installed_version", "upgrade"]
