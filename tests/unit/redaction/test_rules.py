"""What ``TASKER_REDACT`` may say."""

from __future__ import annotations

from typing import Any

import pytest

from flask_tasker.config import Settings
from flask_tasker.errors import ConfigurationError
from flask_tasker.redaction import DEFAULT_RULES, NOTHING, Redactor, rules_of


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (["password", r"/\d{13,19}/"], ("password", r"/\d{13,19}/")),
        (("password",), ("password",)),
        ([], ()),
        ("", ()),
        ("password, *token", ("password", "*token")),
        (r"password, /\d{13,19}/, cvv", ("password", r"/\d{13,19}/", "cvv")),
        ("/a/b/,c", ("/a/b/", "c")),
    ],
)
def test_rules_are_a_list_or_a_text_with_commas(given: Any, read: tuple[str, ...]) -> None:
    assert Settings.of({"TASKER_REDACT": given}).redact == read


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (3, "TASKER_REDACT must be a list of keys and /patterns/, got 3"),
        ({"password": True}, "TASKER_REDACT must be a list of keys and /patterns/, got {'password': True}"),
        (["password", 3], "TASKER_REDACT must be a list of keys and /patterns/, got 3 in it"),
        (["/(/"], "TASKER_REDACT: '/(/' is no regular expression: missing ), unterminated subpattern at position 0"),
        (["/a*/"], "TASKER_REDACT: '/a*/' matches the empty text; let it match one character at least"),
        (["*"], "TASKER_REDACT: '*' would blank everything; name a key, such as '*password*'"),
    ],
)
def test_rules_that_make_no_sense_are_refused_by_their_name(given: Any, message: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Settings.of({"TASKER_REDACT": given})
    assert str(refused.value) == message


def test_unset_nothing_that_is_shown_is_blanked_and_logs_are_without_common_secrets() -> None:
    settings = Settings.of({})
    assert settings.redactor is NOTHING
    assert settings.log_redactor == Redactor(DEFAULT_RULES)


def test_what_is_named_is_blanked_everywhere_and_common_secrets_in_logs_besides() -> None:
    settings = Settings.of({"TASKER_REDACT": ["iban"]})
    assert settings.redactor == Redactor(("iban",))
    assert settings.log_redactor == Redactor((*DEFAULT_RULES, "iban"))


def test_an_empty_list_blanks_nothing_anywhere() -> None:
    settings = Settings.of({"TASKER_REDACT": []})
    assert settings.redactor is NOTHING
    assert settings.log_redactor is NOTHING


def test_the_rules_of_logs_are_rules() -> None:
    assert rules_of("redact", DEFAULT_RULES) == DEFAULT_RULES


@pytest.mark.parametrize(("given", "message"), [("xml", "keyvalue, json, got 'xml'"), (3, "keyvalue, json, got 3")])
def test_a_format_that_is_not_known_is_refused(given: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=f"TASKER_LOG_FORMAT must be one of {message}"):
        Settings.of({"TASKER_LOG_FORMAT": given})
