"""Forks while a step runs: the child's worker works and stops, and leaves the parent's step alone."""

import os

from tests.host.served import PATIENCE, create_app, released, started, status_of, tasker
from tests.host.shop import an_order
from tests.host.waiting import until

if __name__ == "__main__":
    app = create_app()
    with app.app_context():
        waits = tasker.create_task(PATIENCE).task_id
    assert started.wait(30)
    child = os.fork()
    if child == 0:
        with app.app_context():
            order = tasker.create_task(an_order(1)).task_id
        until(lambda: status_of(app, order) == "complete")
    else:
        assert os.waitpid(child, 0)[1] == 0
        released.set()
        until(lambda: status_of(app, waits) == "complete")
