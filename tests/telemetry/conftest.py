"""Setups and labs of other suites."""

from tests.behaviour.conftest import postgresql_redis as postgresql_redis
from tests.reliability.conftest import (
    lab as lab,
)
from tests.reliability.conftest import (
    make_lab as make_lab,
)
from tests.reliability.conftest import (
    postgres_lab_url as postgres_lab_url,
)
from tests.reliability.conftest import (
    postgres_tables as postgres_tables,
)
from tests.reliability.conftest import (
    sqlite_lab_url as sqlite_lab_url,
)
