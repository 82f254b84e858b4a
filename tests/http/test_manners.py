"""What a client must not be able to do to a process, nor learn of somebody else's."""

from __future__ import annotations

import time
from dataclasses import replace
from decimal import Decimal
from typing import Any

import marshmallow
import pytest
import sqlalchemy as sa
from flask import abort, make_response
from flask_httpauth import HTTPBasicAuth

from flask_tasker import Access, StepRun, TaskHandler, step, task_handler
from flask_tasker.auth.http_auth import by_http_auth
from flask_tasker.engine.bulk import Bulk, act_on_tasks
from flask_tasker.errors import ConfigurationError
from flask_tasker.lifecycle import Verb
from flask_tasker.store.reading import TaskFilter
from flask_tasker.store.verbs import Actor
from tests.http.conftest import Desk

LIST = {"type": "object", "properties": {"ids": {"type": "array", "items": {"type": "integer"}}}}
STEPS = {"type": "object", "properties": {"amount": {"type": "number", "multipleOf": 0.01}}}


def with_handler(desk: Desk, name: str, schema: Any) -> None:
    """Give the app one more handler."""

    @task_handler(name, schema=schema, factory=desk.app.extensions["tasker"].handlers)
    class More(TaskHandler[Any]):
        @step
        def one(self, run: StepRun[Any]) -> None:
            """Nothing."""


def test_a_context_with_faults_by_the_thousand_is_refused_at_once_by_the_first_hundred(desk: Desk) -> None:
    with_handler(desk, "listed", LIST)
    begun = time.monotonic()

    status, answer = desk("POST", "/tasks", {"task": {"name": "listed", "context": {"ids": [""] * 20_000}}})

    assert (status, len(answer["error"]["context"])) == (400, 100)
    # All of them, each compared with all, took minutes.
    assert time.monotonic() - begun < 10


def test_a_number_that_cannot_be_checked_is_refused(desk: Desk) -> None:
    with_handler(desk, "priced", STEPS)

    status, answer = desk("POST", "/tasks", {"task": {"name": "priced", "context": {"amount": 10**400}}})

    assert (status, list(answer["error"])) == (400, ["context"])


def test_a_handler_whose_schema_has_a_decimal_is_shown(desk: Desk) -> None:
    class Priced(marshmallow.Schema):
        amount = marshmallow.fields.Decimal(validate=marshmallow.validate.Range(min=Decimal("0.01")))

    with_handler(desk, "priced", Priced)

    status, answer = desk("GET", "/handlers/default/priced")

    assert (status, answer["handler"]["schema"]["properties"]["amount"]["minimum"]) == (200, "0.01")


def test_a_key_without_an_owner_shows_nobody_anothers_task(desk: Desk) -> None:
    body = {"task": {"name": "copy", "namespace": "shop", "context": {"secret": 1}}}
    key = {"Idempotency-Key": "kk"}
    desk.access = Access(actor="ann", scope="ann")
    assert desk("POST", "/tasks", body, headers=key)[0] == 201
    desk.access = Access(actor="bob", scope="bob")

    assert desk("POST", "/tasks", body, headers=key) == (409, {"status": 409, "error": "Conflict"})


@pytest.mark.parametrize("scope", [[None], [1], ["a", None]])
def test_a_scope_that_is_no_text_is_a_fault_of_the_app(scope: Any) -> None:
    with pytest.raises(ConfigurationError, match="scope must be an owner or owners"):
        Access(scope=scope)


def test_a_password_check_that_counts_to_nought_lets_nobody_in(desk: Desk) -> None:
    auth = HTTPBasicAuth()
    auth.verify_password(lambda _name, _password: 0)
    callback = by_http_auth(auth, lambda _user, _permission, _resource: True)

    with desk.app.test_request_context():
        assert callback("tasker.task:index", None) is None


def test_a_callback_may_abort_with_an_answer_of_its_own(desk: Desk) -> None:
    desk.app.extensions["tasker"].authorize = lambda _permission, _resource: abort(make_response("no", 429))

    assert desk("GET", "/tasks")[0] == 429


def test_who_asks_is_asked_before_what_belongs_to_a_task_is_read(desk: Desk) -> None:
    task_id = desk.start()
    desk.access = None
    seen: list[str] = []
    engine = desk.app.extensions["tasker"].runtime.database.engine

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    sa.event.listen(engine, "after_cursor_execute", note)
    try:
        assert desk("GET", f"/tasks/{task_id}")[0] == 401
    finally:
        sa.event.remove(engine, "after_cursor_execute", note)
    assert not [statement for statement in seen if "tasker_workflow_steps" in statement]


def test_a_tenant_is_not_told_how_much_everybody_has_to_do(desk: Desk) -> None:
    desk.access = Access(actor="ann", scope="ann")

    assert desk("GET", "/health/status")[0] == 403


def test_a_bulk_verb_leaves_alone_what_its_filter_selects_no_more(desk: Desk) -> None:
    """Between the selection and the locks, somebody says that a task is to be kept."""
    ids = [desk.start(tags=["doomed"]) for _ in range(2)]
    runtime = desk.app.extensions["tasker"].runtime
    transaction = runtime.database.transaction

    class Meanwhile(type(runtime.database)):  # type: ignore[misc]
        def transaction(self, work: Any, **options: Any) -> Any:
            desk("PATCH", f"/tasks/{ids[0]}", {"tags": ["kept"]})
            return transaction(work, **options)

    database = Meanwhile(**{name: getattr(runtime.database, name) for name in ("engine", "clock", "swift")})
    done = act_on_tasks(
        replace(runtime, database=database),
        TaskFilter(tag="doomed"),
        Verb.CANCEL,
        actor=Actor(name="ann"),
        limit=10,
    )

    assert done == Bulk(task_ids=[ids[1]], skipped=[ids[0]])
    assert desk.task(ids[0])["status"] == "pending"


def test_tags_and_steps_to_bypass_have_bounds(desk: Desk) -> None:
    for field, value in (("tags", ["x"] * 101), ("tags", ["x" * 256]), ("bypass_steps", ["x"] * 10_000)):
        status, answer = desk("POST", "/tasks", {"task": {"name": "copy", "namespace": "shop", field: value}})
        assert (status, list(answer["error"])) == (400, [field])
        assert len(str(answer)) < 500
