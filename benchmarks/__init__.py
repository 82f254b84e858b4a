"""How fast it is, beside what it could be replaced with: ``python -m benchmarks``, or ``make bench``."""
