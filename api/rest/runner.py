"""Run use cases from routes: `Runner` and `KeyedRunner` are FastAPI dependencies.

A route without a runner is public. A route with a `KeyedRunner` accepts an Idempotency-Key.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar, cast

from fastapi import Depends, Request

from api.execution.runner import UseCaseRunner
from api.middleware.load_shedding import ConcurrencyLimiters
from api.rest.requests import prefers_async
from domain.jobs.views import JobView
from domain.shared.context import Context

C = TypeVar("C")
V = TypeVar("V")
UseCase = Callable[[C, Context[Any]], Awaitable[V]]


class RequestRunner:
    """Run use cases for one request, and record what the response needs for its status and headers."""

    def __init__(self, request: Request, runner: UseCaseRunner) -> None:
        self._request = request
        self._runner = runner
        self.status: int | None = None
        """The status of the response, if it differs from the route's."""
        self.job: JobView | None = None
        """The job that was started instead of running the use case."""
        self.location: str | None = None
        """The path of the created object, with members of the view in braces."""

    @property
    def replayed(self) -> bool:
        """Whether the response is the stored one of an earlier request with the same Idempotency-Key."""
        return bool(self._runner.replayed)

    async def run(self, use_case: UseCase[C, V], command: C) -> V:
        """Run `use_case` with `command` and return its view."""
        return await self._runner.run(use_case, command)

    async def preview(self, use_case: UseCase[C, V], command: C) -> V:
        """Run the preview `use_case` and return what would change; the status is 200."""
        self.status = 200
        return await self._runner.run(use_case, command)


class KeyedRequestRunner(RequestRunner):
    """A runner that also runs use cases at most once for each Idempotency-Key."""

    async def run_idempotent(self, use_case: UseCase[C, V], command: C, *, location: str | None = None) -> V:
        """Run `use_case` and return its view; a repeated Idempotency-Key returns the stored view of the first success."""
        self.location = location
        return await self._runner.run_idempotent(use_case, command)

    async def run_or_start_job(
        self, use_case: UseCase[C, V], start: UseCase[C, JobView], command: C, *, location: str | None = None
    ) -> V:
        """Run `use_case` as `run_idempotent` does, few at once; for `Prefer: respond-async` (RFC 7240) `start` a job instead.

        The response for a job is 202, whatever this method returns.
        """
        if prefers_async(self._request):
            self.job = await self._runner.run_idempotent(start, command)
            return cast(V, self.job)
        limiters: ConcurrencyLimiters = self._request.app.state.limiters
        async with limiters.changes.slot():
            return await self.run_idempotent(use_case, command, location=location)


async def get_runner(request: Request) -> RequestRunner:
    """Return the runner that the route created when it authenticated the request."""
    return cast(RequestRunner, request.scope["runner"])


async def get_keyed_runner(request: Request) -> KeyedRequestRunner:
    """Return the same runner, for a route that accepts an Idempotency-Key."""
    return cast(KeyedRequestRunner, request.scope["runner"])


Runner = Annotated[RequestRunner, Depends(get_runner)]
KeyedRunner = Annotated[KeyedRequestRunner, Depends(get_keyed_runner)]
