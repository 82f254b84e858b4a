"""The page of the HTTP API has every call with an example, every permission, status and field."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from marshmallow import Schema
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from flask_tasker.config import PREFIX, Settings
from flask_tasker.web.api.call import Call
from flask_tasker.web.api.calls import CALLS
from flask_tasker.web.api.filtering import FilterSchema
from flask_tasker.web.api.schemas import StepSchema, TaskSchema, TransitionSchema

PAGE = (Path(__file__).parents[2] / "docs" / "http.md").read_text()
SNIPPET = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
MOUNTED = "/tasker"
OF_EVERY_CALL = {401, 403, 500}

ROUTES = Map([Rule(f"{MOUNTED}{call.path}", endpoint=call.name, methods=call.methods) for call in CALLS])


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_every_call_has_an_example(call: Call) -> None:
    wanted = {(method, call.name) for method in call.methods}
    assert wanted - set(examples()) == set()


def test_every_snippet_runs() -> None:
    assert "skip:" not in PAGE


def test_the_table_of_calls_is_that_of_the_routes() -> None:
    assert call_table() in PAGE


def test_the_table_of_errors_has_every_status_that_a_call_may_refuse_with() -> None:
    wanted = {status for call in CALLS for status in call.errors} | OF_EVERY_CALL
    assert wanted - {int(status) for status in re.findall(r"^\| (\d{3}) \|", PAGE, re.MULTILINE)} == set()


@pytest.mark.parametrize(
    ("what", "schema"), [("task", TaskSchema), ("step", StepSchema), ("transition", TransitionSchema)]
)
def test_the_table_of_fields_is_that_of_the_answer(what: str, schema: type[Schema]) -> None:
    table = PAGE.partition(f"| field of a {what} | what |\n|---|---|\n")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(schema().fields)


def test_every_filter_is_in_the_table_of_filters() -> None:
    table = PAGE.partition("| filter | selects tasks |\n")[2].partition("\n\n")[0]
    assert [name for name in FilterSchema().fields if f"`{name}`" not in table] == []


def test_the_settings_have_the_defaults_that_the_page_says() -> None:
    said = dict(re.findall(rf"^\| `{PREFIX}(\w+)` \| `?([^`|]+?)`? \|", PAGE, re.MULTILINE))
    defaults = {name: getattr(Settings(), name.lower()) for name in said}
    assert said == {name: "[]" if value == () else str(value) for name, value in defaults.items()}
    assert said.keys() >= {"MAX_PAGE_SIZE", "MAX_BULK_TASKS", "TRUSTED_ORIGINS"}


def examples() -> Iterator[tuple[str, str]]:
    """The method and the endpoint of every call that a snippet of the page makes."""
    router = ROUTES.bind("shop.test")
    for snippet in SNIPPET.findall(PAGE):
        for node in ast.walk(ast.parse(snippet)):
            method, path = requested(node)
            if not path.startswith(MOUNTED):
                continue
            try:
                endpoint, _ = router.match(path.partition("?")[0], method=method)
            except HTTPException:
                continue
            yield method, endpoint


def requested(node: ast.AST) -> tuple[str, str]:
    """What ``client.get(f"/tasker/tasks/{task_id}")`` asks for, with a number in place of each value."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
        return "", ""
    return node.func.attr.upper(), text_of(node.args[0])


def text_of(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) or "1" for part in node.values)
    return ""


def call_table() -> str:
    """All calls, with what each needs."""
    lines = ["| call | permission | what |", "|---|---|---|"]
    for call in CALLS:
        path = re.sub(r"<(\w+)>", lambda found: found[1].upper(), call.path)
        methods = ", ".join(f"`{method}`" for method in call.methods)
        permission = "always open" if call.permission is None else f"`{call.permission}`"
        lines.append(f"| {methods} `{path}` | {permission} | {call.summary} |")
    return "\n".join(lines) + "\n"
