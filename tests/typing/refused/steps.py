"""Parents and options that a step does not take."""

from __future__ import annotations

from datetime import timedelta

from flask_tasker import NO_RETRY, Backoff, Retry, StepRun, StepTemplate, TaskHandler, step, task_handler


class Base(TaskHandler):
    @step
    def price(self, run: StepRun) -> int:
        return 1

    @step(depends_on=pric)  # noqa: F821  # E: [name-defined]
    def misspelt_parent(self, run: StepRun) -> None: ...

    @step(depends_on="price")  # E: [arg-type]
    def parent_by_name(self, run: StepRun) -> None: ...

    @step(retry=3)  # E: [call-overload]
    def retry_as_number(self, run: StepRun) -> None: ...

    @step(timeout=30)  # E: [call-overload]
    def timeout_as_number(self, run: StepRun) -> None: ...

    @step(skipable=True)  # E: [call-overload]
    def unknown_option(self, run: StepRun) -> None: ...

    @step  # E: [arg-type]
    def without_run(self) -> None: ...

    @step  # E: [arg-type]
    def with_something_else(self, run: int) -> None: ...


class Plain:
    pass


task_handler("plain")(Plain)  # E: [type-var]


@task_handler("misspelt", versoin="2")  # E: [call-arg]
class Misspelt(TaskHandler):
    pass


Retry(limit="3")  # E: [arg-type]
Retry(3)  # E: [call-arg]
Retry(on=ConnectionError)  # E: [arg-type]
Backoff(base=2)  # E: [arg-type]
Backoff(jiter=1)  # E: [call-arg]
NO_RETRY.limit = 2  # E: [misc]
StepTemplate()  # E: [call-arg]
StepTemplate(name="a", default_retry_limit="3")  # E: [arg-type]
StepTemplate(name="a", depends_on=["b"])  # E: [call-arg]
StepTemplate(name="a", timeout=timedelta(seconds=1), retry_on=[KeyError])  # E: [arg-type]
