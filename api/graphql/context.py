"""The context of resolvers: the request, a runner that authenticates when first needed, and the data loaders."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, TypeAlias, TypeVar

import strawberry
from starlette.requests import Request
from strawberry.dataloader import DataLoader

from api.execution.runner import UseCaseRunner
from api.logging import district_id
from api.middleware.load_shedding import EXPENSIVE_COST, ConcurrencyLimiter
from api.wire.idempotency_key import read_key
from api.wire.problem_details import RateLimited
from domain.shared.paging import MAX_LIMIT

C = TypeVar("C")
V = TypeVar("V")


GetRunner = Callable[[Request], UseCaseRunner | Awaitable[UseCaseRunner]]
"""Returns the runner of the request's bearer; raises `Unauthenticated` without a valid token."""


class LazyRunner:
    """The runner of one request. It verifies the token once; a field that needs a missing token has the error."""

    def __init__(self, request: Request, get_runner: GetRunner) -> None:
        self._request = request
        self._get_runner = get_runner
        self._future: asyncio.Future[UseCaseRunner] | None = None

    async def run(self, use_case: Any, command: C) -> Any:
        """Run `use_case` as `UseCaseRunner.run` does."""
        return await (await self._runner()).run(use_case, command)

    async def run_idempotent(self, use_case: Any, command: C, idempotency_key: str | None) -> Any:
        """Run `use_case` as `UseCaseRunner.run_idempotent` does, with the mutation's own key instead of the header's."""
        runner = await self._runner()
        return await replace(runner, idempotency_key=read_key(idempotency_key, "/idempotencyKey")).run_idempotent(
            use_case, command
        )

    @property
    def resolved(self) -> UseCaseRunner | None:
        """The runner, if the token was verified and is valid; otherwise None."""
        succeeded = self._future is not None and self._future.done() and self._future.exception() is None
        return self._future.result() if self._future is not None and succeeded else None

    async def count_request(self) -> None:
        """Verify a token that was sent, so that the request counts towards its bearer's rate limit. Raises `RateLimited`.

        Other errors of the token are raised by the fields that need it.
        """
        if "authorization" in self._request.headers:
            future = self._resolve()
            await asyncio.wait([future])
            if isinstance(error := future.exception(), RateLimited):
                raise error

    async def _runner(self) -> UseCaseRunner:
        return await asyncio.shield(self._resolve())

    def _resolve(self) -> asyncio.Future[UseCaseRunner]:
        if self._future is None:
            self._future = asyncio.ensure_future(self._load())
        return self._future

    async def _load(self) -> UseCaseRunner:
        runner = self._get_runner(self._request)
        return await runner if inspect.isawaitable(runner) else runner


class GraphQLContext:
    """The context of one GraphQL request; not shared between requests."""

    def __init__(self, request: Request, get_runner: GetRunner, expensive_limiter: ConcurrencyLimiter | None = None) -> None:
        self.request = request
        self.runner = LazyRunner(request, get_runner)
        self.cost: int | None = None
        self._expensive_limiter = expensive_limiter
        self.inputs: dict[str, Any] = {}
        """Inputs as they were sent, by the variable that replaces each in the executed document."""
        self._loaders: dict[Hashable, DataLoader[Any, Any]] = {}

    def bind_logs(self) -> None:
        """Set the district of this request's log lines: fields run in tasks, whose context variables end with them."""
        if self.runner.resolved is not None:
            district_id.set(str(self.runner.resolved.actor.district_id))

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait for a free slot if the query is expensive. Raises `Overloaded` when too many wait."""
        if self._expensive_limiter is None or (self.cost or 0) <= EXPENSIVE_COST:
            yield
            return
        async with self._expensive_limiter.slot():
            yield

    def loader(self, name: Hashable, load: Callable[[list[Any]], Awaitable[Sequence[Any]]]) -> DataLoader[Any, Any]:
        """Return the request's loader `name`, created with `load` at first use."""
        if name not in self._loaders:
            self._loaders[name] = DataLoader(load_fn=load, max_batch_size=MAX_LIMIT)
        return self._loaders[name]


Info: TypeAlias = strawberry.Info[GraphQLContext, None]
