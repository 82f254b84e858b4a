"""The client."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType
from typing import Self, Unpack

import httpx

from ..typing import JsonObject, JsonValue
from .body import Unset, given, idempotency_headers, said, texts
from .bulk import BulkResult
from .connection import Connection
from .filters import TaskFilters, as_query
from .graph import Graph
from .handler import Handler
from .opening import opened
from .pages import count_tasks, each_step, each_task, each_transition
from .path import path_of, step_path, task_path
from .step import Step
from .task import Task
from .transition import Transition
from .waiting import Patience, Sighting, wait_until_final


class TaskerClient:
    """Speaks the REST API of an app that uses flask_tasker. Threads may share one.

    Every call raises a ``TaskerClientError`` where the server refuses it, and httpx's own ``TransportError`` where
    there is no answer. A call is sent once more, at once, where no connection was made, so that it cannot have been
    done; and where a connection broke, if it only reads, or creates a task with an ``idempotency_key``. Nothing is sent
    again after a timeout or an answer. Redirects are not followed.
    """

    def __init__(
        self,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        auth: httpx.Auth | tuple[str, str] | None = None,
        timeout: float = 10.0,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """Connect when the first call is made.

        Args:
            base_url: where the API is mounted, with the app's ``TASKER_URL_PREFIX``: ``https://shop.example/tasker``.
            headers: sent with every call, such as a token that the app's ``authorize`` callback knows.
            auth: a user and a password, or any authentication of httpx's.
            timeout: the seconds that connecting, sending, and each wait for more of an answer may take.
            transport: how httpx reaches the app; ``httpx.WSGITransport(app)`` in a test.
            sleep: what ``wait`` does between two looks; a test may run the app's steps there.
        """
        self._client = opened(base_url, headers=headers, auth=auth, timeout=timeout, transport=transport)
        self._connection = Connection(self._client)
        self._sleep = sleep

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def create(
        self,
        name: str,
        *,
        context: JsonObject | None = None,
        initiator: str | None = None,
        source_system: str | None = None,
        reason: str | Unset | None = ...,
        tags: Iterable[str] | None = None,
        bypass_steps: Iterable[str] | None = None,
        namespace: str | None = None,
        version: str | None = None,
        idempotency_key: str | None = None,
    ) -> Task:
        """Start a task. With ``idempotency_key``, asking again answers with the task as it then is.

        Raises:
            BadRequestError: no such handler, or a field that it refuses.
            ConflictError: an identical request in the same minute, or the key with another request.
        """
        wanted = given(
            name=name,
            namespace=namespace,
            version=version,
            context=context,
            initiator=initiator,
            source_system=source_system,
            tags=texts("tags", tags),
            bypass_steps=texts("bypass_steps", bypass_steps),
        )
        reply = self._connection.send(
            "POST",
            path_of("tasks"),
            body={"task": {**wanted, **said(reason=reason)}},
            headers=idempotency_headers(idempotency_key),
            repeatable=idempotency_key is not None,
        )
        return Task.read(reply.member("task"))

    def get(self, task_id: int) -> Task:
        """One task with its steps and annotations."""
        return Task.read(self._connection.send("GET", task_path(task_id)).member("task"))

    def tasks(
        self,
        *,
        page_size: int = 100,
        sort_by: str | None = None,
        sort_order: str | None = None,
        **filters: Unpack[TaskFilters],
    ) -> Iterator[Task]:
        """Every task that the filters leave, page after page, each asked for when it is reached."""
        order = given(sort_by=sort_by, sort_order=sort_order)
        return each_task(self._connection, {**as_query(filters), **order}, page_size=page_size)

    def count(self, **filters: Unpack[TaskFilters]) -> int:
        """How many tasks the filters leave."""
        return count_tasks(self._connection, as_query(filters))

    def update(self, task_id: int, *, reason: str | Unset | None = ..., tags: Iterable[str] | Unset = ...) -> Task:
        """Change what is given; a ``reason`` of None is kept as none."""
        return self._task(
            "PATCH",
            task_path(task_id),
            {"task": said(reason=reason, tags=texts("tags", tags))},
        )

    def cancel(self, task_id: int, reason: str | None = None) -> None:
        """Cancel a task; again does nothing. A step that runs may end, and its result is dropped."""
        self._connection.send("DELETE", task_path(task_id), body=given(reason=reason) or None)

    def retry(self, task_id: int, reason: str | None = None) -> Task:
        """Try all steps that failed for good again, from the first attempt on."""
        return self._task("POST", task_path(task_id, "retry"), given(reason=reason))

    def bulk(
        self,
        action: str,
        *,
        dry_run: bool = False,
        reason: str | None = None,
        limit: int | None = None,
        task_ids: Iterable[int] | None = None,
        **filters: Unpack[TaskFilters],
    ) -> BulkResult:
        """Do ``action`` (such as ``cancel`` or ``retry``) to the tasks that the filters leave, ``limit`` at most.

        ``task_ids`` leaves some of these. A dry run says which these are, and changes nothing.
        """
        chosen = {**as_query(filters), **({} if task_ids is None else {"task_ids": list(task_ids)})}
        body = {"action": action, "filters": chosen, "dry_run": dry_run, **given(limit=limit, reason=reason)}
        return BulkResult.read(self._connection.send("POST", path_of("tasks", "bulk"), body=body).json)

    def wait(self, task_id: int, *, timeout: float, poll: tuple[float, float] = (0.1, 1.0)) -> Task:
        """The task once it is final: complete, cancelled, failed for good or resolved by hand.

        It is looked at again after the first pause of ``poll``, then after longer ones, up to the second; all in
        seconds. What has not changed is answered without a body. One look that the server is slow to answer may exceed
        ``timeout``.

        Raises:
            TaskTimeoutError: it is not final after ``timeout`` seconds; the error has the task as it was seen last.
        """

        def look(known: Sighting | None) -> Sighting:
            return self._look(task_id, known)

        return wait_until_final(look, Patience(timeout, *poll), clock=time.monotonic, sleep=self._sleep)

    def steps(self, task_id: int) -> Iterator[Step]:
        """Every step of one task, page after page, each asked for when it is reached."""
        return each_step(self._connection, task_path(task_id, "workflow_steps"))

    def step(self, task_id: int, step_id: int) -> Step:
        """One step of one task."""
        return self._step("GET", task_id, step_id)

    def update_step(
        self, task_id: int, step_id: int, *, retry_limit: int | Unset = ..., inputs: JsonValue | Unset = ...
    ) -> Step:
        """Change what is given; ``inputs`` replaces what was there."""
        changes = {"workflow_step": said(retry_limit=retry_limit, inputs=inputs)}
        return self._step("PATCH", task_id, step_id, body=changes)

    def cancel_step(self, task_id: int, step_id: int, reason: str | None = None) -> None:
        """Cancel a step; again does nothing. One that runs is asked to stop."""
        path = step_path(task_id, step_id)
        self._connection.send("DELETE", path, body=given(reason=reason) or None)

    def retry_step(self, task_id: int, step_id: int, reason: str | None = None) -> Step:
        """Try a failed step again, from the first attempt on."""
        return self._step("POST", task_id, step_id, "retry", body=given(reason=reason))

    def skip_step(self, task_id: int, step_id: int, reason: str | None = None) -> Step:
        """Leave a step out, so that its children run."""
        return self._step("POST", task_id, step_id, "skip", body=given(reason=reason))

    def resolve_step(self, task_id: int, step_id: int, results: JsonValue = None, reason: str | None = None) -> Step:
        """Say that a step was done by hand, and what came of it, so that its children run."""
        return self._step("POST", task_id, step_id, "resolve", body=given(results=results, reason=reason))

    def transitions(self, task_id: int) -> Iterator[Transition]:
        """What has happened to a task and its steps, in the order of time, page after page."""
        return each_transition(self._connection, task_path(task_id, "transitions"))

    def graph(self, task_id: int) -> Graph:
        """The graph of a task's steps."""
        return Graph.read(self._connection.send("GET", task_path(task_id, "graph")).wrapped("graph"))

    def mermaid(self, task_id: int) -> str:
        """The graph of a task's steps as a Mermaid diagram."""
        return self._connection.send("GET", task_path(task_id, "graph"), query={"format": "mermaid"}).text

    def handlers(self, namespace: str | None = None) -> list[Handler]:
        """The task handlers that the server knows, of one namespace or of all."""
        within = () if namespace is None else (namespace,)
        reply = self._connection.send("GET", path_of("handlers", *within))
        return [Handler.read(one) for one in reply.items("handlers")]

    def handler(self, namespace: str, name: str, version: str | None = None) -> Handler:
        """One task handler with its steps, edges and schema; the latest version unless one is named."""
        path = path_of("handlers", namespace, name)
        return Handler.read(self._connection.send("GET", path, query=given(version=version)).wrapped("handler"))

    def health_status(self) -> JsonObject:
        """How the server is, as it says it."""
        return self._connection.send("GET", path_of("health", "status")).json

    def _task(self, method: str, path: str, body: JsonObject) -> Task:
        return Task.read(self._connection.send(method, path, body=body).member("task"))

    def _step(self, method: str, task_id: int, step_id: int, *verb: str, body: JsonObject | None = None) -> Step:
        path = step_path(task_id, step_id, *verb)
        return Step.read(self._connection.send(method, path, body=body).member("step"))

    def _look(self, task_id: int, known: Sighting | None) -> Sighting:
        condition = {"If-None-Match": known.etag} if known and known.etag else {}
        reply = self._connection.send("GET", task_path(task_id), headers=condition)
        if known and reply.is_unchanged:
            return known
        return Sighting(Task.read(reply.member("task")), reply.header("ETag"))
