"""One process, one format: where the lines go, and what is left alone."""

from __future__ import annotations

import io
import json
import logging
import warnings
from pathlib import Path

import pytest

from flask_tasker.logs import Bound, JsonFormatter, KeyValueFormatter, use_format
from flask_tasker.redaction import NOTHING, REDACTED, Redactor


def own(root: logging.Logger) -> list[logging.Handler]:
    """The handlers of the root logger but for those by which pytest captures."""
    return [handler for handler in root.handlers if not type(handler).__module__.startswith("_pytest.")]


def test_without_a_handler_one_is_added_that_writes_to_the_standard_error_of_the_moment(
    root: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_format("json", NOTHING)
    later = io.StringIO()
    monkeypatch.setattr("sys.stderr", later)

    logging.getLogger("shop").warning("hello")

    assert json.loads(later.getvalue())["message"] == "hello"
    assert len(own(root)) == 1


def test_a_line_of_no_attempt_says_which_process_it_is_of(root: logging.Logger) -> None:
    use_format("json", NOTHING, worker=lambda: "web-1:7")
    (handler,) = own(root)
    record = logging.makeLogRecord({"msg": "hello"})

    assert json.loads(handler.format(record))["worker"] == "web-1:7"
    with Bound(lambda: {"worker": "web-2:8"}):
        assert json.loads(handler.format(record))["worker"] == "web-2:8"


def test_a_plain_handler_that_is_there_gets_the_format(root: logging.Logger) -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    root.addHandler(handler)

    use_format("keyvalue", NOTHING)
    logging.getLogger("shop").warning("hello")

    assert own(root) == [handler]
    assert "message=hello" in written.getvalue()


def test_handlers_of_other_kinds_keep_their_formats(root: logging.Logger, tmp_path: Path) -> None:
    handler = logging.FileHandler(tmp_path / "log")
    root.addHandler(handler)

    use_format("json", NOTHING)

    handler.close()
    assert handler.formatter is None
    assert [type(one) for one in own(root)] == [logging.FileHandler, logging.StreamHandler]


def test_no_level_is_changed(root: logging.Logger) -> None:
    root.setLevel(logging.ERROR)
    use_format("json", NOTHING)
    assert root.level == logging.ERROR
    assert [handler.level for handler in own(root)] == [logging.NOTSET]


def test_a_second_app_shares_the_handler_and_its_secrets_are_blanked_too(root: logging.Logger) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        use_format("json", Redactor(("iban",)))
        use_format("json", Redactor(("vat",)))

    (handler,) = own(root)
    said = json.loads(handler.format(logging.makeLogRecord({"msg": "iban=1 vat=2 city=3"})))
    assert said["message"] == f"iban={REDACTED} vat={REDACTED} city=3"


def test_a_second_app_with_another_format_is_warned_and_the_first_one_stands(root: logging.Logger) -> None:
    use_format("json", NOTHING)
    with pytest.warns(UserWarning, match="TASKER_LOG_FORMAT is 'keyvalue', but this process logs as 'json' already"):
        use_format("keyvalue", NOTHING)
    assert [type(handler.formatter) for handler in own(root)] == [JsonFormatter]


def test_a_formatter_of_ours_that_the_host_has_put_there_is_left(root: logging.Logger) -> None:
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(KeyValueFormatter(redact=["mine"]))
    root.addHandler(handler)

    use_format("keyvalue", Redactor(("theirs",)))

    assert own(root) == [handler]
    assert handler.format(logging.makeLogRecord({"msg": "mine=1 theirs=2"})).count(REDACTED) == 2
