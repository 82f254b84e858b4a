"""Assertions on a run in memory; each shows the table of steps where it fails."""

from __future__ import annotations

from ..errors import UnknownStepError
from ..lifecycle import StepStatus, TaskStatus
from .report import RunReport, StepReport


def assert_complete(report: RunReport) -> None:
    """The task is complete: every step is done."""
    _check(report, report.status == TaskStatus.COMPLETE, f"expected {report.handler} to be complete")


def assert_failed(report: RunReport, *, step: str | None = None, error: str | None = None) -> None:
    """The task ended in error; ``step`` is one that failed, and ``error`` a part of its message (or of any step's)."""
    _check(report, report.status == TaskStatus.ERROR, f"expected {report.handler} to end in error")
    failed = {name: found for name, found in report.steps.items() if found.status == StepStatus.ERROR}
    if step is not None:
        _check(report, _step(report, step).status == StepStatus.ERROR, f"expected step {step!r} to fail")
        failed = {step: failed[step]}
    if error is not None:
        found = any(error in (reported.error or "") for reported in failed.values())
        _check(report, found, f"expected an error with {error!r} in {' or '.join(sorted(failed))}")


def assert_status(report: RunReport, status: str, *steps: str) -> None:
    """Each of ``steps`` ended as ``status``: ``complete``, ``error``, ``pending`` or ``skipped``."""
    for name in steps:
        found = _step(report, name).status
        _check(report, found == status, f"expected step {name!r} to be {status}, it is {found}")


def assert_order(report: RunReport, *steps: str) -> None:
    """``steps`` ended one after the other, in this order; others may have ended between them."""
    for name in steps:
        _step(report, name)
        _check(report, name in report.order, f"expected step {name!r} to run, it did not")
    ended = [name for name in report.order if name in steps]
    _check(report, ended == list(steps), f"expected {' before '.join(steps)}, got {' before '.join(ended)}")


def assert_attempts(report: RunReport, step: str, attempts: int) -> None:
    """``step`` was tried exactly ``attempts`` times."""
    found = _step(report, step).attempts
    _check(report, found == attempts, f"expected {attempts} attempts of step {step!r}, got {found}")


def _step(report: RunReport, name: str) -> StepReport:
    try:
        return report.steps[name]
    except KeyError:
        raise UnknownStepError(f"no step {name!r}; {report.handler} has {sorted(report.steps)}") from None


def _check(report: RunReport, holds: bool, expectation: str) -> None:
    if not holds:
        raise AssertionError(f"{expectation}\n{report}")
