"""How a route runs a use case: `Runner` and `KeyedRunner` are the dependencies of routes.

A route that takes no runner is public. One that takes a `KeyedRunner` takes an Idempotency-Key.
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
    """Runs use cases for one request, and remembers what its answer says in status and headers."""

    def __init__(self, request: Request, runner: UseCaseRunner) -> None:
        self._request = request
        self._runner = runner
        self.status: int | None = None
        """The status of the answer where it is not that of the route."""
        self.job: JobView | None = None
        """The job that was started in the place of an answer."""
        self.location: str | None = None
        """Where the created thing is: a path, with members of the answer in braces."""

    @property
    def replayed(self) -> bool:
        """Whether the answer is that of an earlier request with the same Idempotency-Key."""
        return bool(self._runner.replayed)

    async def run(self, use_case: UseCase[C, V], command: C) -> V:
        """Return what `use_case` answers to `command`."""
        return await self._runner.run(use_case, command)

    async def preview(self, use_case: UseCase[C, V], command: C) -> V:
        """Return what `use_case` would change, with status 200."""
        self.status = 200
        return await self._runner.run(use_case, command)


class KeyedRequestRunner(RequestRunner):
    """Also runs use cases once under an Idempotency-Key."""

    async def run_idempotent(self, use_case: UseCase[C, V], command: C, *, location: str | None = None) -> V:
        """Return what `use_case` answers; under an Idempotency-Key the stored success again, however often it is sent."""
        self.location = location
        return await self._runner.run_idempotent(use_case, command)

    async def run_or_start_job(
        self, use_case: UseCase[C, V], start: UseCase[C, JobView], command: C, *, location: str | None = None
    ) -> V:
        """As `change`, in a lane where few run at once; `start` a job instead where Prefer asks for it (RFC 7240).

        The job is answered with 202, whatever is returned here.
        """
        if prefers_async(self._request):
            self.job = await self._runner.run_idempotent(start, command)
            return cast(V, self.job)
        lanes: ConcurrencyLimiters = self._request.app.state.limiters
        async with lanes.changes.slot():
            return await self.run_idempotent(use_case, command, location=location)


async def get_runner(request: Request) -> RequestRunner:
    """Return the runner that the route made when it authenticated the request."""
    return cast(RequestRunner, request.scope["runner"])


async def get_keyed_runner(request: Request) -> KeyedRequestRunner:
    """Return the same runner, for a route that takes an Idempotency-Key."""
    return cast(KeyedRequestRunner, request.scope["runner"])


Runner = Annotated[RequestRunner, Depends(get_runner)]
KeyedRunner = Annotated[KeyedRequestRunner, Depends(get_keyed_runner)]
