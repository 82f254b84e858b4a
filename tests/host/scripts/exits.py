"""Ends while a step runs."""

from tests.host.served import PATIENCE, create_app, started, tasker

if __name__ == "__main__":
    with create_app().app_context():
        tasker.create_task(PATIENCE)
    assert started.wait(30)
