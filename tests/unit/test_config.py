"""The settings are read and checked once."""

from __future__ import annotations

import math
from typing import Any

import pytest

from flask_tasker.config import Settings
from flask_tasker.errors import ConfigurationError


def test_nothing_has_to_be_set() -> None:
    settings = Settings.of({})
    assert (settings.url_prefix, settings.broker_url, settings.queue) == ("/tasker", "memory://", "tasker")
    assert (settings.bind_key, settings.handlers, settings.embedded) == (None, (), True)


def test_every_setting_is_read() -> None:
    settings = Settings.of(
        {
            "TASKER_URL_PREFIX": "/jobs/",
            "TASKER_BROKER_URL": "redis://localhost/0",
            "TASKER_QUEUE": "shop",
            "TASKER_BIND_KEY": "tasks",
            "TASKER_HANDLERS": ["shop.handlers", "ledger.handlers"],
            "TASKER_EMBEDDED": False,
            "TASKER_EMBEDDED_THREADS": 2,
            "TASKER_LEASE_SECONDS": 5,
            "TASKER_SWEEP_SECONDS": "0.5",
            "TASKER_STOP_SECONDS": 0,
            "TASKER_MAX_PAGE_SIZE": 50,
            "TASKER_IDEMPOTENCY_HOURS": "0.5",
            "TASKER_MAX_REQUEST_BYTES": 1_000,
            "TASKER_HTTP_TIMEOUT_SECONDS": "2.5",
            "TASKER_SSE_MAX_STREAMS": 20,
        }
    )
    assert settings == Settings(
        url_prefix="/jobs",
        broker_url="redis://localhost/0",
        queue="shop",
        bind_key="tasks",
        handlers=("shop.handlers", "ledger.handlers"),
        embedded=False,
        embedded_threads=2,
        lease_seconds=5.0,
        sweep_seconds=0.5,
        stop_seconds=0.0,
        max_page_size=50,
        idempotency_hours=0.5,
        max_request_bytes=1_000,
        http_timeout_seconds=2.5,
        sse_max_streams=20,
    )


def test_under_testing_the_transport_is_inline() -> None:
    assert Settings.of({"TESTING": True}).broker_url == "inline://"


def test_a_transport_that_is_named_is_used_under_testing_too() -> None:
    config = {"TESTING": True, "TASKER_BROKER_URL": "redis://localhost"}
    assert Settings.of(config).broker_url == "redis://localhost"


def test_a_setting_of_none_is_not_set() -> None:
    assert Settings.of({"TASKER_QUEUE": None, "TASKER_BIND_KEY": None}) == Settings()


@pytest.mark.parametrize(("given", "read"), [("/", "/"), ("/a", "/a"), ("/a/b//", "/a/b")])
def test_a_prefix_loses_its_last_slashes(given: str, read: str) -> None:
    assert Settings.of({"TASKER_URL_PREFIX": given}).url_prefix == read


def test_handlers_may_be_a_text_with_commas() -> None:
    assert Settings.of({"TASKER_HANDLERS": "shop.handlers, ledger"}).handlers == ("shop.handlers", "ledger")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("TASKER_LEASE_SECONDS", -1, "TASKER_LEASE_SECONDS must be positive, got -1"),
        ("TASKER_LEASE_SECONDS", 0, "TASKER_LEASE_SECONDS must be positive, got 0"),
        ("TASKER_LEASE_SECONDS", "soon", "TASKER_LEASE_SECONDS must be a number of seconds, got 'soon'"),
        ("TASKER_LEASE_SECONDS", True, "TASKER_LEASE_SECONDS must be a number of seconds, got True"),
        ("TASKER_IDEMPOTENCY_HOURS", 0, "TASKER_IDEMPOTENCY_HOURS must be positive, got 0"),
        ("TASKER_IDEMPOTENCY_HOURS", "day", "TASKER_IDEMPOTENCY_HOURS must be a number of hours, got 'day'"),
        ("TASKER_SWEEP_SECONDS", math.nan, "TASKER_SWEEP_SECONDS must be a number of seconds, got nan"),
        ("TASKER_SWEEP_SECONDS", math.inf, "TASKER_SWEEP_SECONDS must be a number of seconds, got inf"),
        ("TASKER_SWEEP_SECONDS", [1], r"TASKER_SWEEP_SECONDS must be a number of seconds, got \[1\]"),
        ("TASKER_STOP_SECONDS", -0.1, "TASKER_STOP_SECONDS must not be negative, got -0.1"),
        ("TASKER_EMBEDDED_THREADS", 0, "TASKER_EMBEDDED_THREADS must be a whole number, 1 or more, got 0"),
        ("TASKER_EMBEDDED_THREADS", 1.5, "TASKER_EMBEDDED_THREADS must be a whole number, 1 or more, got 1.5"),
        ("TASKER_MAX_PAGE_SIZE", True, "TASKER_MAX_PAGE_SIZE must be a whole number, 1 or more, got True"),
        ("TASKER_MAX_REQUEST_BYTES", 0, "TASKER_MAX_REQUEST_BYTES must be a whole number, 1 or more, got 0"),
        ("TASKER_MAX_REQUEST_BYTES", "2M", "TASKER_MAX_REQUEST_BYTES must be a whole number, 1 or more, got '2M'"),
        ("TASKER_SSE_MAX_STREAMS", -1, "TASKER_SSE_MAX_STREAMS must be a whole number, 0 or more, got -1"),
        ("TASKER_SSE_MAX_STREAMS", True, "TASKER_SSE_MAX_STREAMS must be a whole number, 0 or more, got True"),
        ("TASKER_HTTP_TIMEOUT_SECONDS", 0, "TASKER_HTTP_TIMEOUT_SECONDS must be positive, got 0"),
        ("TASKER_HTTP_TIMEOUT_SECONDS", "x", "TASKER_HTTP_TIMEOUT_SECONDS must be a number of seconds, got 'x'"),
        ("TASKER_EMBEDDED", "no", "TASKER_EMBEDDED must be True or False, got 'no'"),
        ("TASKER_QUEUE", "", "TASKER_QUEUE must be a text that is not empty, got ''"),
        ("TASKER_BROKER_URL", 6379, "TASKER_BROKER_URL must be a text that is not empty, got 6379"),
        ("TASKER_BIND_KEY", "", "TASKER_BIND_KEY must be a text that is not empty, got ''"),
        ("TASKER_URL_PREFIX", "tasker", "TASKER_URL_PREFIX must start with a slash, got 'tasker'"),
        ("TASKER_HANDLERS", [1], r"TASKER_HANDLERS must be a list of module names, got \[1\]"),
        ("TASKER_HANDLERS", "a,,b", "TASKER_HANDLERS must be a list of module names, got 'a,,b'"),
        ("TASKER_HANDLERS", 3, "TASKER_HANDLERS must be a list of module names, got 3"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(key: str, value: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^{message}$"):
        Settings.of({key: value})


def test_an_unknown_setting_warns_with_the_nearest_name() -> None:
    with pytest.warns(UserWarning, match=r"unknown setting TASKER_LEASE_SECOND; did you mean TASKER_LEASE_SECONDS\?"):
        assert Settings.of({"TASKER_LEASE_SECOND": 1}) == Settings()


def test_an_unknown_setting_that_is_near_to_none_warns_with_all_names() -> None:
    with pytest.warns(
        UserWarning, match=r"unknown setting TASKER_XQZ; known are .*TASKER_BIND_KEY, .*TASKER_URL_PREFIX"
    ):
        Settings.of({"TASKER_XQZ": 1})


def test_settings_of_others_are_no_concern() -> None:
    assert Settings.of({"SQLALCHEMY_DATABASE_URI": "sqlite://", "TASK": 1}) == Settings()


def test_settings_do_not_change_once_read() -> None:
    settings: Any = Settings.of({})
    with pytest.raises(AttributeError):
        settings.queue = "other"
