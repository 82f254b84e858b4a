"""Any record is one line that tells nothing but itself."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_tasker.logs import Bound, JsonFormatter, KeyValueFormatter, LineFormatter
from flask_tasker.logs.said import UNREADABLE
from flask_tasker.redaction import REDACTED
from tests.unit.logs.records import pairs_of, record_of

FIELDS = {
    "task_id": 7,
    "task": "shop/order@1",
    "step": "charge",
    "attempt": 2,
    "worker": "host:1:a",
    "correlation_id": "c",
}
hostile = st.text(st.characters(), max_size=60) | st.sampled_from(
    [
        'x\ntask_id=8 level=info message="all is well"',
        '"',
        "\\",
        'a="b',
        "\x00\x1b[2J",
        "\u2028\u202e\u0085",
        "\ud800",
        "=",
    ]
)
FORMATTERS: list[LineFormatter] = [JsonFormatter(), KeyValueFormatter()]


class Unreadable:
    def __str__(self) -> str:
        raise RuntimeError("no")


@pytest.mark.parametrize("formatter", FORMATTERS, ids=lambda one: one.name)
@given(hostile, hostile, hostile)
def test_any_text_is_one_line_of_characters_that_can_be_printed(
    formatter: LineFormatter, message: str, field: str, error: str
) -> None:
    line = formatter.format(record_of(message, error=ValueError(error), note=field))
    assert line.isprintable()


@given(hostile, hostile)
def test_any_text_is_read_back_from_key_value(message: str, field: str) -> None:
    said = pairs_of(KeyValueFormatter(redact=[]).format(record_of("%s", message, note=field)))
    assert (said["message"], said["note"]) == (message, field)
    assert list(said) == ["timestamp", "level", "logger", "message", "note"]


@given(hostile, st.recursive(st.none() | st.integers() | hostile, lambda inner: st.lists(inner, max_size=3)))
def test_any_text_is_read_back_from_json(message: str, field: Any) -> None:
    said = json.loads(JsonFormatter(redact=[]).format(record_of("%s", message, note=[field])))
    assert (said["message"], said["note"]) == (message, [field])


def test_a_json_line_has_the_moment_the_level_the_logger_the_message_and_the_attempt() -> None:
    record = record_of("charged %d cents", 250, amount=250)
    record.created = 1_790_000_000.1234
    with Bound(lambda: FIELDS):
        line = JsonFormatter().format(record)
    assert line == (
        '{"timestamp":"2026-09-21T14:13:20.123Z","level":"warning","logger":"shop","message":"charged 250 cents",'
        '"task_id":7,"task":"shop/order@1","step":"charge","attempt":2,"worker":"host:1:a","correlation_id":"c",'
        '"amount":250}'
    )


def test_a_key_value_line_quotes_what_has_a_space() -> None:
    record = record_of("charged %d cents", 250, amount=250, sum={"a": [1]})
    record.created = 1_790_000_000.1234
    with Bound(lambda: FIELDS):
        line = KeyValueFormatter().format(record)
    assert line == (
        'timestamp=2026-09-21T14:13:20.123Z level=warning logger=shop message="charged 250 cents" '
        "task_id=7 task=shop/order@1 step=charge attempt=2 worker=host:1:a correlation_id=c "
        r'amount=250 sum="{\"a\":[1]}"'
    )


def test_a_field_that_is_not_known_is_left_out() -> None:
    with Bound(lambda: {**FIELDS, "correlation_id": None}):
        assert "correlation_id" not in KeyValueFormatter().format(record_of("x"))


def test_what_a_record_says_itself_wins_over_what_is_bound() -> None:
    with Bound(lambda: FIELDS):
        assert json.loads(JsonFormatter().format(record_of("x", step="other")))["step"] == "other"


def test_a_field_of_the_users_never_takes_the_place_of_ours() -> None:
    said = json.loads(JsonFormatter().format(record_of("x", exception="fine", timestamp="now", logger="mine")))
    assert (said["logger"], "exception" in said) == ("shop", False)
    assert (said["extra_exception"], said["extra_timestamp"], said["extra_logger"]) == ("fine", "now", "mine")


@pytest.mark.parametrize("bound", [FIELDS, {}], ids=["in an attempt", "outside of one"])
def test_a_name_that_is_cleaned_is_no_other_fields(bound: dict[str, object]) -> None:
    extra: dict[str, Any] = {
        "task id": "9",
        "log ger": "8",
        "a b": "1",
        "a_b": "2",
        "a=b": "3",
        "extra_a_b": "4",
        "": "5",
    }
    with Bound(lambda: bound):
        said = pairs_of(KeyValueFormatter().format(record_of("x", **extra)))
    assert said.get("task_id") == (str(FIELDS["task_id"]) if bound else None)
    assert said["logger"] == "shop"
    assert (said["extra_task_id"], said["log_ger"]) == ("9", "8")
    assert (said["a_b"], said["extra_extra_a_b"], said["extra_a_b"]) == ("2", "1", "4")
    assert (said["extra_extra_extra_a_b"], said["_"]) == ("3", "5")


def test_a_formatter_that_writes_no_line_cannot_be_made() -> None:
    with pytest.raises(TypeError, match="abstract"):
        LineFormatter()  # type: ignore[abstract]


@pytest.mark.parametrize("formatter", FORMATTERS, ids=lambda one: one.name)
@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (float("nan"), "nan"),
        ({1: 2}, {"1": 2}),
        ({(1, 2): 3}, "{(1, 2): 3}"),
        (Unreadable(), "[unreadable]"),
        ({1}, "{1}"),
    ],
)
def test_what_is_no_json_is_shown_as_its_text(formatter: LineFormatter, value: Any, shown: Any) -> None:
    line = formatter.format(record_of("x", note=value))
    read: dict[str, Any] = json.loads(line) if line.startswith("{") else pairs_of(line)
    assert read["note"] in (shown, json.dumps(shown, separators=(",", ":")))


def test_a_list_that_holds_itself_is_shown() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert json.loads(JsonFormatter().format(record_of("x", note=endless)))["note"] == "[[...]]"


def test_arguments_that_do_not_fit_lose_no_line_and_show_nothing() -> None:
    said = json.loads(JsonFormatter().format(record_of("%d cents", "hunter2")))
    assert said["message"] == "%d cents [its arguments do not fit]"


@pytest.mark.parametrize("formatter", FORMATTERS, ids=lambda one: one.name)
def test_secrets_are_blanked_in_message_fields_and_traceback(formatter: LineFormatter) -> None:
    record = record_of(
        "login with %s failed",
        {"password": "hunter2"},
        error=ValueError("token=hunter2 was refused"),
        api_key="hunter2",
        request={"headers": {"Authorization": "hunter2"}},
        note="secret: hunter2",
    )
    record.stack_info = "password = 'hunter2'"
    line = formatter.format(record)
    assert "hunter2" not in line
    assert line.count(REDACTED) == 6
    assert "ValueError" in line


@pytest.mark.parametrize("formatter", FORMATTERS, ids=lambda one: one.name)
@pytest.mark.parametrize(
    "value",
    [
        {"body": '{"password": "hunter2"}', "headers": ["Authorization: SSWS hunter2"]},
        [{"headers": {"raw": "Cookie: a=hunter2"}, "url": "/?token=hunter2"}],
        ["password=hunter2", {"api_key=hunter2": "", "a": "password: hunter2"}],
        {"headers": [["Authorization", "Bearer hunter2"], ("x-api-key", "hunter2")]},
        [b"password=hunter2"],
    ],
)
def test_texts_within_a_field_are_searched_for_secrets(formatter: LineFormatter, value: Any) -> None:
    line = formatter.format(record_of("x", request=value))
    assert "hunter2" not in line
    assert REDACTED in line


@pytest.mark.parametrize("kind", [JsonFormatter, KeyValueFormatter])
@pytest.mark.parametrize("redact", [None, []], ids=["common secrets", "nothing is blanked"])
def test_no_field_is_too_deep_for_a_line(kind: type[LineFormatter], redact: list[str] | None) -> None:
    formatter = kind(redact=redact)
    deep: list[Any] = []
    for _ in range(sys.getrecursionlimit() + 100):
        deep = [deep]
        assert "note" in formatter.format(record_of("x", note=deep))
    # Since Python 3.12 what is written in C may go deeper than the limit of what is written in Python.
    for _ in range(200_000):
        deep = [deep]
    assert UNREADABLE in formatter.format(record_of("x", note=deep))


def test_a_traceback_that_was_written_before_is_shown() -> None:
    record = record_of("x")
    record.exc_text = "Traceback: password=hunter2"
    assert json.loads(JsonFormatter().format(record))["exception"] == f"Traceback: password={REDACTED}"


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO, logging.ERROR])
def test_the_level_is_in_lower_case(level: int) -> None:
    assert (
        json.loads(JsonFormatter().format(record_of("x", level=level)))["level"] == logging.getLevelName(level).lower()
    )
