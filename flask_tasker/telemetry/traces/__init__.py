"""Spans for OpenTelemetry. It needs the extra ``otel``: ask ``has_opentelemetry`` before it is imported."""
