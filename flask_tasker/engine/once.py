"""Starting a task under a key of the client's: whoever asks again, or at the same moment, gets the same task."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any, Final

import sqlalchemy as sa

from ..errors import IdempotencyConflictError, InvalidRequestError, PayloadError, UnknownHandlerError
from ..handlers import TaskRequest, storable
from ..store.idempotency import UsedKey, note_task, take_key, used_key
from .announcing import announce_new
from .catalogue import Kind
from .create import followed
from .new_task import Created, Order, checked, write_task
from .outbox import send_now
from .runtime import Runtime
from .tracing import Creation

LONGEST_KEY: Final = 255


@dataclass(frozen=True)
class Once:
    """The task that stands for a key, and whether it was created for this call."""

    task_id: int
    created: bool


def create_task_once(runtime: Runtime, request: TaskRequest, *, key: str, owner: str | None = None) -> Once:
    """Start a task, unless ``key`` stands for one of the same owner's already; then that is the answer.

    A key stands for ``TASKER_IDEMPOTENCY_HOURS``, and no longer than its task. It and the task are written in one
    transaction; the workers are told after its commit. The key alone decides: identical requests under two keys, or one
    of them under none, are two tasks.

    Raises:
        UnknownHandlerError: no handler of that name.
        InvalidRequestError: a field, or the key, was refused. Nothing was written, and the key is as free as before.
        IdempotencyConflictError: the key stands for another request.
    """
    key_hash = _key_hash(owner, key)
    try:
        order = checked(runtime, request, owner)
    except (UnknownHandlerError, InvalidRequestError):
        # Its handler may have changed since: what was accepted under the key then stays accepted.
        known = _accepted_before(runtime, key_hash, request)
        if known is None:
            raise
        return Once(task_id=known.task_id, created=False)
    # Before the transaction below: who holds the key must not wait for a connection that those have who wait for it.
    kind = runtime.catalogue.kind(runtime.database, order.definition)
    wish = _wish_hash(request)
    with ExitStack() as until_committed:
        # Begun where a task is written, once, however often that is tried.
        follow = cache(lambda: until_committed.enter_context(followed(runtime, [order])))
        write = partial(_found_or_created, runtime, order, kind=kind, key_hash=key_hash, wish=wish, follow=follow)
        found = runtime.database.transaction(write)
    if isinstance(found, Created):
        announce_new(runtime, found)
        send_now(runtime.send, found.messages)
        return Once(task_id=found.row["task_id"], created=True)
    return _repeated(found, wish)


def _found_or_created(
    runtime: Runtime,
    order: Order,
    connection: sa.Connection,
    *,
    kind: Kind,
    key_hash: str,
    wish: str,
    follow: Callable[[], Creation],
) -> UsedKey | Created:
    clock, seconds = runtime.database.clock, runtime.settings.idempotency_seconds
    used = take_key(connection, clock, key_hash=key_hash, request_hash=wish, seconds=seconds)
    if used is not None:
        return used
    creation = follow()
    ours = replace(order, identity=_identity(key_hash), trace_context=creation.contexts[0])
    created = write_task(connection, runtime, ours, kind=kind)
    creation.wrote([created.row["task_id"]])
    note_task(connection, key_hash=key_hash, task_id=created.row["task_id"])
    return created


def _repeated(used: UsedKey, wish: str) -> Once:
    if used.request_hash != wish:
        # Neither the key, which may be a secret, nor the task, which the client may not be allowed to see.
        raise IdempotencyConflictError(
            "the idempotency key was used for another request before; repeat that request as it was, or use a new key "
            "for this one"
        )
    return Once(task_id=used.task_id, created=False)


def _accepted_before(runtime: Runtime, key_hash: str, request: TaskRequest) -> UsedKey | None:
    """What the key stands for, if that is this very request."""
    try:
        wish = _wish_hash(request)
    except (PayloadError, TypeError, ValueError):
        # It is no JSON, so it was accepted under no key.
        return None
    clock, seconds = runtime.database.clock, runtime.settings.idempotency_seconds
    known = runtime.database.read(lambda connection: used_key(connection, clock, key_hash=key_hash, seconds=seconds))
    return known if known is not None and known.request_hash == wish else None


def _key_hash(owner: str | None, key: str) -> str:
    """What is stored of a key: keys are each owner's own, and may be secrets.

    Raises:
        InvalidRequestError: it is empty, too long or has characters that cannot be printed.
    """
    if not (isinstance(key, str) and 1 <= len(key) <= LONGEST_KEY and key.isprintable()):
        raise InvalidRequestError({"idempotency_key": [f"must have 1 to {LONGEST_KEY} printable characters"]})
    return _hash_of([owner, key])


def _wish_hash(request: TaskRequest) -> str:
    """What the client asked for, before anything is filled in: a deploy may bring other defaults, or a new version."""
    return _hash_of(
        [
            request.name,
            request.namespace,
            request.version,
            storable(dict(request.context), "context"),
            request.initiator,
            request.source_system,
            request.reason,
            list(request.tags),
            list(request.bypass_steps),
        ]
    )


def _identity(key_hash: str) -> str:
    """The identity of a task under a key, which no other task has.

    Were it that of the request, an identical one under another key, or under none, would be refused in the same minute,
    though the client has said that it means another task. The random part is for a key that is used again within the
    minute, after its first task was deleted or its time was up. (The owner is in the key's hash.)
    """
    return _hash_of(["idempotency key", key_hash, secrets.token_hex(16)])


def _hash_of(value: list[Any]) -> str:
    """SHA-256, in hexadecimal, of JSON; the order of keys does not count."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
