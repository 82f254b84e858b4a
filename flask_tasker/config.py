"""The settings: read and checked once, when the app is set up."""

from __future__ import annotations

import difflib
import math
import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from .errors import ConfigurationError
from .logs import FORMATS
from .redaction import DEFAULT_RULES, NOTHING, Redactor, rules_of

PREFIX = "TASKER_"
_ORIGIN = re.compile(r"https?://[^/\s]+")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What ``TASKER_*`` in the app's config says. Times are in seconds, unless the name says otherwise.

    Attributes:
        url_prefix: where the blueprint is mounted.
        broker_url: how steps reach workers: ``memory://`` (or unset) embedded, ``redis://...``, ``amqp://...``, ``inline://``.
        queue: the broker's queue; give two apps that share a broker two queues.
        bind_key: which of the host's databases holds the tables; the default one unless given.
        handlers: modules to import so that their handlers are registered.
        embedded: whether serving processes run an embedded worker where the transport is ``memory://``.
        embedded_threads: how many steps an embedded worker runs at once.
        lease_seconds: how long a step stays with a worker that gives no sign of life.
        sweep_seconds: the mean time between two sweeps of the whole fleet.
        stop_seconds: how long a stopping worker waits for running steps.
        max_backoff_seconds: the longest wait before another attempt, whatever the step or another system asks for.
        max_payload_bytes: the largest context, inputs or results, as JSON in UTF-8.
        max_page_size: the largest page that the API gives out.
        max_bulk_tasks: how many tasks a bulk verb changes at most.
        graphql_max_depth: how deep fields of a GraphQL operation are nested at most.
        graphql_max_aliases: how many aliases a GraphQL operation has at most.
        graphql_max_root_fields: how many fields a GraphQL operation has at most at its top.
        graphql_max_tokens: how many words and signs a GraphQL document has at most.
        trusted_origins: origins of other sites whose pages may make requests that change something.
        idempotency_hours: how long an idempotency key stands for the request that it was first used for.
        max_request_bytes: the largest body that the API reads; a larger one is refused (413) unread.
        http_timeout_seconds: how long a request to the API waits for the database in all, before it is refused (503).
        metrics: whether figures for Prometheus are kept where the extra is installed.
        metrics_token: lets a scraper in that sends it as a bearer token.
        traces: whether OpenTelemetry is told of tasks and attempts where the extra is installed.
        prepared_statements: whether the hot path on PostgreSQL may prepare statements on its connections.
        redact: keys and ``/patterns/`` that are blanked in logs, dashboard and API; nothing at all where it is empty;
            ``None``: what is commonly a secret, in logs only.
        log_format: ``keyvalue`` or ``json``: the process's lines are written in that format; unset, as the host says.
        dashboard: whether the app has the pages for people.
        sse_max_streams: how many pages of tasks a process tells of changes by server-sent events; 0: all of them ask.
    """

    url_prefix: str = "/tasker"
    broker_url: str = "memory://"
    queue: str = "tasker"
    bind_key: str | None = None
    handlers: tuple[str, ...] = ()
    embedded: bool = True
    embedded_threads: int = 4
    lease_seconds: float = 30.0
    sweep_seconds: float = 1.0
    stop_seconds: float = 10.0
    max_backoff_seconds: float = 86_400.0
    max_payload_bytes: int = 1_048_576
    max_page_size: int = 100
    max_bulk_tasks: int = 1_000
    graphql_max_depth: int = 10
    graphql_max_aliases: int = 15
    graphql_max_root_fields: int = 20
    graphql_max_tokens: int = 1_000
    trusted_origins: tuple[str, ...] = ()
    idempotency_hours: float = 24.0
    max_request_bytes: int = 2_097_152
    http_timeout_seconds: float = 5.0
    metrics: bool = True
    metrics_token: str | None = None
    traces: bool = True
    prepared_statements: bool = True
    redact: tuple[str, ...] | None = None
    log_format: str | None = None
    dashboard: bool = True
    sse_max_streams: int = 0

    @property
    def idempotency_seconds(self) -> float:
        """``idempotency_hours``, in seconds."""
        return 3_600 * self.idempotency_hours

    @cached_property
    def redactor(self) -> Redactor:
        """What blanks secrets in all that the API and the dashboard show."""
        return Redactor(self.redact) if self.redact else NOTHING

    @cached_property
    def log_redactor(self) -> Redactor:
        """What blanks secrets in logs: besides what ``redact`` says, what is commonly one."""
        return NOTHING if self.redact == () else Redactor(DEFAULT_RULES) | self.redactor

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Settings:
        """Read and check the settings; an unknown ``TASKER_*`` key warns with the nearest name.

        Raises:
            ConfigurationError: a value makes no sense; the message says what was got and what was expected.
        """
        known = {PREFIX + field.name.upper(): field.name for field in fields(cls)}
        _warn_of_unknown(config, known)
        given = {known[key]: value for key, value in config.items() if key in known and value is not None}
        if "broker_url" not in given and config.get("TESTING"):
            given["broker_url"] = "inline://"
        return cls(**{name: _CHECKS[name](PREFIX + name.upper(), value) for name, value in given.items()})


def _warn_of_unknown(config: Mapping[str, Any], known: Mapping[str, str]) -> None:
    for key in config:
        if key.startswith(PREFIX) and key not in known:
            # Without the prefix: it alone would make every name a near one.
            names = [name.removeprefix(PREFIX) for name in known]
            near = difflib.get_close_matches(key.removeprefix(PREFIX), names, n=1)
            hint = f"; did you mean {PREFIX}{near[0]}?" if near else f"; known are {', '.join(sorted(known))}"
            warnings.warn(f"unknown setting {key}{hint}", stacklevel=4)


def _positive(key: str, value: Any) -> float:
    number = _number(key, value)
    if number <= 0:
        raise ConfigurationError(f"{key} must be positive, got {value!r}")
    return number


def _not_negative(key: str, value: Any) -> float:
    number = _number(key, value)
    if number < 0:
        raise ConfigurationError(f"{key} must not be negative, got {value!r}")
    return number


def _number(key: str, value: Any) -> float:
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        unit = "hours" if key.endswith("_HOURS") else "seconds"
        raise ConfigurationError(f"{key} must be a number of {unit}, got {value!r}")
    return number


def _count(key: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ConfigurationError(f"{key} must be a whole number, 1 or more, got {value!r}")
    return value


def _count_or_none(key: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ConfigurationError(f"{key} must be a whole number, 0 or more, got {value!r}")
    return value


def _flag(key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ConfigurationError(f"{key} must be True or False, got {value!r}")
    return value


def _text(key: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ConfigurationError(f"{key} must be a text that is not empty, got {value!r}")
    return value


def _path(key: str, value: Any) -> str:
    path = _text(key, value)
    if not path.startswith("/"):
        raise ConfigurationError(f"{key} must start with a slash, got {value!r}")
    if "<" in path:
        raise ConfigurationError(f"{key} must not have placeholders, got {value!r}")
    return path.rstrip("/") or "/"


def _names(key: str, value: Any) -> tuple[str, ...]:
    listed = value.split(",") if isinstance(value, str) else value
    names = tuple(part.strip() if isinstance(part, str) else part for part in listed) if _is_list(listed) else ("",)
    if not all(isinstance(name, str) and name for name in names):
        raise ConfigurationError(f"{key} must be a list of module names, got {value!r}")
    return names


def _origins(key: str, value: Any) -> tuple[str, ...]:
    listed = value.split(",") if isinstance(value, str) else value
    found = listed if _is_list(listed) else [""]
    origins = tuple(part.strip().lower() if isinstance(part, str) else "" for part in found)
    if not all(_ORIGIN.fullmatch(origin) for origin in origins):
        raise ConfigurationError(f"{key} must be a list of origins like https://admin.example:8443, got {value!r}")
    return origins


def _log_format(key: str, value: Any) -> str:
    if value not in FORMATS:
        raise ConfigurationError(f"{key} must be one of {', '.join(FORMATS)}, got {value!r}")
    return str(value)


def _is_list(value: Any) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, Mapping)


_CHECKS: Mapping[str, Callable[[str, Any], Any]] = {
    "url_prefix": _path,
    "broker_url": _text,
    "queue": _text,
    "bind_key": _text,
    "handlers": _names,
    "trusted_origins": _origins,
    "embedded": _flag,
    "prepared_statements": _flag,
    "metrics": _flag,
    "metrics_token": _text,
    "dashboard": _flag,
    "traces": _flag,
    "sse_max_streams": _count_or_none,
    "embedded_threads": _count,
    "lease_seconds": _positive,
    "sweep_seconds": _positive,
    "stop_seconds": _not_negative,
    "max_backoff_seconds": _positive,
    "max_payload_bytes": _count,
    "max_page_size": _count,
    "max_bulk_tasks": _count,
    "graphql_max_depth": _count,
    "graphql_max_aliases": _count,
    "graphql_max_root_fields": _count,
    "graphql_max_tokens": _count,
    "idempotency_hours": _positive,
    "max_request_bytes": _count,
    "http_timeout_seconds": _positive,
    "redact": rules_of,
    "log_format": _log_format,
}
