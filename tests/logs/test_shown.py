"""What ``TASKER_REDACT`` names is shown by neither API; handlers see it, and the database holds it."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from flask_tasker import (
    NO_RETRY,
    Annotation,
    PermanentError,
    StepRun,
    StepSequence,
    TaskHandler,
    step,
    task_handler,
)
from flask_tasker.models import Task, WorkflowStep
from flask_tasker.redaction import REDACTED
from tests.reliability.conftest import MakeLab
from tests.reliability.lab import Lab

SECRET = "hunter2"
CARD = "4111111111111111"
RULES = ["password", r"/\b\d{16}\b/"]
CONTEXT = {"order": 7, "login": {"Password": SECRET}, "note": f"card {CARD}"}
BLANKED = {"order": 7, "login": {"Password": REDACTED}, "note": f"card {REDACTED}"}
ALL_OF_A_TASK = """
    taskId context reason
    workflowSteps { workflowStepId name inputs results error }
    taskAnnotations { annotation annotationTypeName }
"""


class Counter:
    """A shop in which one step charges, and one fails; ``seen`` is what the handler saw."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.client = lab.app.test_client()
        self.seen: list[Any] = []
        seen = self.seen

        @task_handler("charge")
        class Charge(TaskHandler):
            @step
            def login(self, run: StepRun) -> Any:
                seen.append((dict(run.context), dict(run.inputs)))
                return {"session": {"password": SECRET}, "card": CARD}

            @step(depends_on=login, retry=NO_RETRY)
            def pay(self, run: StepRun) -> Any:
                seen.append(run.result(self.login))
                raise PermanentError(f"password={SECRET} was refused for {CARD}")

            def update_annotations(self, sequence: StepSequence) -> list[Annotation]:
                return [Annotation("payment", {"card": CARD, "password": SECRET, "page": 7})]

    def __call__(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """Ask; gives the status and the body."""
        response = self.client.open(f"/tasker{path}", method=method, json=body, **options)
        return response.status_code, response.get_json()

    def start(self, **more: Any) -> Any:
        """Start a task; gives it as it is shown to whom has started it."""
        task = {"name": "charge", "context": CONTEXT, "reason": f"card {CARD}", **more}
        status, answer = self("POST", "/tasks", {"task": task})
        assert status == 201, answer
        return answer["task"]

    def ask(self, query: str, **variables: Any) -> Any:
        """Ask over GraphQL; gives the whole answer."""
        return self("POST", "/graphql", {"query": query, "variables": variables})[1]


@pytest.fixture
def counter(make_lab: MakeLab) -> Counter:
    """A shop that shows no passwords and no card numbers."""
    return Counter(make_lab(TASKER_REDACT=RULES, TASKER_DASHBOARD=True))


@pytest.fixture
def done(counter: Counter) -> int:
    """A task of it that has failed."""
    task_id: int = counter.start()["task_id"]
    counter.lab.drain()
    return task_id


def test_who_starts_a_task_is_shown_it_without_its_secrets(counter: Counter) -> None:
    task = counter.start()
    assert task["context"] == BLANKED
    assert task["reason"] == f"card {REDACTED}"
    assert [step["inputs"] for step in task["workflow_steps"]] == [BLANKED, BLANKED]


@pytest.mark.usefixtures("done")
def test_handlers_see_what_was_sent(counter: Counter) -> None:
    assert counter.seen == [(CONTEXT, CONTEXT), {"session": {"password": SECRET}, "card": CARD}]


def test_the_database_holds_what_was_sent(counter: Counter, done: int) -> None:
    with counter.lab.engine.connect() as connection:
        assert connection.scalar(sa.select(Task.context).where(Task.task_id == done)) == CONTEXT
        (login, _) = connection.scalars(sa.select(WorkflowStep.results).order_by(WorkflowStep.workflow_step_id))
    assert login == {"session": {"password": SECRET}, "card": CARD}


@pytest.mark.parametrize(
    "path",
    [
        "/tasks",
        "/tasks/{task}",
        "/tasks/{task}/workflow_steps",
        "/tasks/{task}/workflow_steps/{step}",
        "/tasks/{task}/transitions",
        "/tasks/{task}/graph",
        "/health/status",
    ],
)
def test_no_answer_shows_a_secret(counter: Counter, done: int, path: str) -> None:
    steps = counter("GET", f"/tasks/{done}")[1]["task"]["workflow_steps"]
    response = counter.client.get("/tasker" + path.format(task=done, step=steps[1]["workflow_step_id"]))
    assert response.status_code == 200
    assert SECRET not in response.text
    assert CARD not in response.text


def test_results_annotations_and_errors_are_shown_without_their_secrets(counter: Counter, done: int) -> None:
    task = counter("GET", f"/tasks/{done}")[1]["task"]
    login, pay = task["workflow_steps"]
    assert login["results"] == {"session": {"password": REDACTED}, "card": REDACTED}
    assert pay["results"] is None
    assert pay["error"] == f"PermanentError: password={REDACTED} was refused for {REDACTED}"
    assert task["task_annotations"][0]["annotation"] == {"card": REDACTED, "password": REDACTED, "page": 7}


def test_the_history_is_shown_without_its_secrets(counter: Counter, done: int) -> None:
    step_id = counter("GET", f"/tasks/{done}")[1]["task"]["workflow_steps"][1]["workflow_step_id"]
    counter("POST", f"/tasks/{done}/workflow_steps/{step_id}/skip", {"reason": f"password: {SECRET}"})

    transitions = counter("GET", f"/tasks/{done}/transitions?limit=100")[1]["transitions"]

    assert [line["reason"] for line in transitions if line["to_status"] == "skipped"] == [f"password: {REDACTED}"]
    (error,) = [line["error"] for line in transitions if line["error"]]
    assert f"PermanentError: password={REDACTED} was refused for {REDACTED}" in error


def test_graphql_shows_the_same(counter: Counter, done: int) -> None:
    rest = counter("GET", f"/tasks/{done}")[1]["task"]

    answer = counter.ask(f"query($id: ID!) {{ task(taskId: $id) {{ {ALL_OF_A_TASK} }} }}", id=str(done))

    task = answer["data"]["task"]
    assert (task["context"], task["reason"]) == (BLANKED, f"card {REDACTED}")
    for ours, theirs in zip(task["workflowSteps"], rest["workflow_steps"], strict=True):
        assert [ours[name] for name in ("inputs", "results", "error")] == [
            theirs[name] for name in ("inputs", "results", "error")
        ]
    assert [note["annotation"] for note in task["taskAnnotations"]] == [
        note["annotation"] for note in rest["task_annotations"]
    ]


def test_every_field_of_graphql_is_without_secrets(counter: Counter, done: int) -> None:
    create = f"mutation($input: CreateTaskInput!) {{ createTask(input: $input) {{ {ALL_OF_A_TASK} }} }}"
    by_note = 'tasksByAnnotation(annotationType: "payment", annotationKey: "password", annotationValue: "hunter2")'
    answers = [
        counter.ask(create, input={"name": "charge", "context": {**CONTEXT, "order": 8}, "reason": CARD}),
        counter.ask(f"{{ tasks {{ {ALL_OF_A_TASK} }} }}"),
        counter.ask(f"{{ {by_note} {{ {ALL_OF_A_TASK} }} }}"),
        counter.ask(f'{{ step(taskId: {done}, stepId: "2") {{ inputs results error dependsOnStep {{ results }} }} }}'),
    ]
    assert [answer.get("errors") for answer in answers] == [None] * 4
    assert SECRET not in str(answers)
    assert CARD not in str(answers)
    # Found by what is blanked.
    assert answers[2]["data"]["tasksByAnnotation"][0]["taskId"] == str(done)


@pytest.mark.parametrize("more", ["", "&cursor=WyJyZWFzb24iLGZhbHNlLCIiLDBd"], ids=["asked for", "by a cursor"])
def test_no_order_tells_a_secret_by_its_cursors(counter: Counter, more: str) -> None:
    counter.start()
    counter.start(context={})
    status, answer = counter("GET", f"/tasks?limit=1&sort_by=reason{more}")
    assert (status, list(answer["error"])) == (400, ["sort_by"])
    page = counter.client.get(f"/tasker/ui/tasks?limit=1&sort_by=reason{more}")
    assert (page.status_code, "cursor=" in page.text.replace(more, "")) == (400, False)
    assert counter("GET", "/tasks?limit=1&sort_by=initiator")[0] == 200


@pytest.mark.parametrize(("value", "found"), [(SECRET, 1), (REDACTED, 0)])
def test_a_filter_asks_for_what_is_stored_and_not_for_what_is_shown(
    counter: Counter, done: int, value: str, found: int
) -> None:
    query = f"annotation_type=payment&annotation_key=password&annotation_value={value}"
    tasks = counter("GET", f"/tasks?{query}")[1]["tasks"]
    assert [task["task_id"] for task in tasks] == [done] * found


def test_an_answer_is_asked_for_again_by_what_it_showed(counter: Counter, done: int) -> None:
    first = counter.client.get(f"/tasker/tasks/{done}")
    again = counter.client.get(f"/tasker/tasks/{done}", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_what_was_blanked_cannot_be_sent_back_in_place_of_the_secret(counter: Counter, done: int) -> None:
    task = counter("GET", f"/tasks/{done}")[1]["task"]
    step = task["workflow_steps"][1]
    path = f"/tasks/{done}/workflow_steps/{step['workflow_step_id']}"
    why = ["has [redacted] in it, which is shown in place of a secret: give the secret itself"]

    assert counter("POST", "/tasks", {"task": {"name": "charge", "context": task["context"]}}) == (
        400,
        {"error": {"context": why}},
    )
    assert counter("PATCH", path, {"inputs": step["inputs"]}) == (400, {"error": {"inputs": why}})
    resolved = {"results": task["workflow_steps"][0]["results"]}
    assert counter("POST", f"{path}/resolve", resolved) == (400, {"error": {"results": why}})
    with counter.lab.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(Task)) == 1


@pytest.mark.parametrize(
    ("mutation", "kind", "more"),
    [
        ("createTask", "CreateTaskInput", {"name": "charge", "context": BLANKED}),
        ("updateStep", "UpdateStepInput", {"taskId": 1, "stepId": "2", "inputs": BLANKED}),
        ("resolveStep", "ResolveStepInput", {"taskId": 1, "stepId": "2", "results": BLANKED}),
    ],
)
@pytest.mark.usefixtures("done")
def test_nor_can_it_over_graphql(counter: Counter, mutation: str, kind: str, more: dict[str, Any]) -> None:
    document = f"mutation($input: {kind}!) {{ {mutation}(input: $input) {{ __typename }} }}"
    (error,) = counter.ask(document, input=more)["errors"]
    assert error["extensions"]["code"] == "INVALID"
    assert REDACTED in str(error)


@pytest.mark.parametrize("config", [{}, {"TASKER_REDACT": []}], ids=["unset", "empty"])
def test_unset_clients_get_back_what_they_sent(make_lab: MakeLab, config: dict[str, Any]) -> None:
    counter = Counter(make_lab(**config))
    task = counter.start(context={**CONTEXT, "said": REDACTED})
    assert task["context"] == {**CONTEXT, "said": REDACTED}
    assert task["reason"] == f"card {CARD}"
