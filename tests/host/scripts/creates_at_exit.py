"""Starts a task while it ends, when its worker has already stopped."""

import atexit

from tests.host.served import create_app, status_of, tasker, tasker_threads
from tests.host.shop import an_order
from tests.host.waiting import until


def start_late() -> None:
    """What was registered before the worker started is called after it has stopped."""
    with app.app_context():
        tasker.create_task(an_order(2))
    print(f"threads: {[name for name in tasker_threads() if name == 'tasker-sweep']}")


if __name__ == "__main__":
    atexit.register(start_late)
    app = create_app()
    with app.app_context():
        first = tasker.create_task(an_order(1)).task_id
    until(lambda: status_of(app, first) == "complete")
