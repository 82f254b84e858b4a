"""The calls about the app itself: its health, and the document of its API."""

from __future__ import annotations

from typing import Final

from . import health, metrics, openapi
from .call import Call
from .envelopes import DocumentAnswer
from .health import LiveAnswer, ReadyAnswer, StatusAnswer

LIVE: Final = Call(
    methods=["GET"],
    path="/health/live",
    name="health_live",
    handler=health.live,
    summary="Whether the process answers",
    permission=None,
    answer=LiveAnswer,
    no_store=True,
)

HEALTH_CALLS: Final = (
    LIVE,
    Call(
        methods=["GET"],
        path="/health/ready",
        name="health_ready",
        handler=health.ready,
        summary="Whether the process can serve",
        permission=None,
        answer=ReadyAnswer,
        error_bodies={503: ReadyAnswer},
        no_store=True,
    ),
    Call(
        methods=["GET"],
        path="/health/status",
        name="health_status",
        handler=health.status,
        summary="How much there is to do, and by whom",
        permission="tasker.health_status:show",
        answer=StatusAnswer,
        no_store=True,
    ),
)

METRICS_CALLS: Final = (
    Call(
        methods=["GET"],
        path="/metrics",
        name="show_metrics",
        handler=metrics.show,
        summary="Figures for Prometheus",
        permission="tasker.metrics:show",
        by_token=True,
        texts=metrics.MEDIA_TYPES,
        errors=[501],
        no_store=True,
    ),
)

DOCUMENT_CALLS: Final = (
    Call(
        methods=["GET"],
        path="/openapi.json",
        name="show_openapi",
        handler=openapi.document,
        summary="This document",
        permission="tasker.openapi:show",
        answer=DocumentAnswer,
    ),
    Call(
        methods=["GET"],
        path="/openapi",
        name="show_openapi_page",
        handler=openapi.page,
        summary="This document as a page",
        permission="tasker.openapi:show",
        texts=["text/html"],
    ),
    Call(
        methods=["GET"],
        path="/openapi.css",
        name="show_openapi_style",
        handler=openapi.style,
        summary="How the page looks",
        permission="tasker.openapi:show",
        texts=["text/css"],
    ),
)
