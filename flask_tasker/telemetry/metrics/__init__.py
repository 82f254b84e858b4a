"""Figures for Prometheus. It needs the extra ``prometheus``: ask ``has_prometheus`` before it is imported."""
