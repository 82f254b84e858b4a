"""Figures for Prometheus. They need the extra ``prometheus``: ask ``has_prometheus`` before ``metrics`` is imported."""
