"""What resolvers are handed: who asks, found out only when a field needs it, and what was loaded already."""

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
"""The call of a request's bearer; raises ``Unauthenticated`` when it has none that we know."""


class LazyRunner:
    """The call of one request. A token is looked at once; the fields that need one say where it is missing."""

    def __init__(self, request: Request, get_runner: GetRunner) -> None:
        self._request = request
        self._get_runner = get_runner
        self._future: asyncio.Future[UseCaseRunner] | None = None

    async def run(self, use_case: Any, command: C) -> Any:
        """As ``Call.run``."""
        return await (await self._runner()).run(use_case, command)

    async def run_idempotent(self, use_case: Any, command: C, idempotency_key: str | None) -> Any:
        """As ``Call.change``; the key is the mutation's own argument, whatever the headers say."""
        call = await self._runner()
        return await replace(call, idempotency_key=read_key(idempotency_key, "/idempotencyKey")).run_idempotent(
            use_case, command
        )

    @property
    def resolved(self) -> UseCaseRunner | None:
        """The call, where a field needed it and the token was good."""
        known = self._future is not None and self._future.done() and self._future.exception() is None
        return self._future.result() if self._future is not None and known else None

    async def count_request(self) -> None:
        """Find out who asks where a token was sent, so that the request counts as theirs. Raises ``RateLimited``.

        What else is wrong with it is told by the fields that need it.
        """
        if "authorization" in self._request.headers:
            found = self._resolve()
            await asyncio.wait([found])
            if isinstance(refusal := found.exception(), RateLimited):
                raise refusal

    async def _runner(self) -> UseCaseRunner:
        return await asyncio.shield(self._resolve())

    def _resolve(self) -> asyncio.Future[UseCaseRunner]:
        if self._future is None:
            self._future = asyncio.ensure_future(self._load())
        return self._future

    async def _load(self) -> UseCaseRunner:
        found = self._get_runner(self._request)
        return await found if inspect.isawaitable(found) else found


class GraphQLContext:
    """The context of one GraphQL request; nothing in it outlives the request."""

    def __init__(self, request: Request, get_runner: GetRunner, expensive_limiter: ConcurrencyLimiter | None = None) -> None:
        self.request = request
        self.runner = LazyRunner(request, get_runner)
        self.cost: int | None = None
        self._expensive_limiter = expensive_limiter
        self.inputs: dict[str, Any] = {}
        """Inputs as they were sent, by the variable that stands for each when the query is executed."""
        self._loaders: dict[Hashable, DataLoader[Any, Any]] = {}

    def bind_logs(self) -> None:
        """Name the district in the lines of this request: fields run in tasks, and what they bind stays with them."""
        if self.runner.resolved is not None:
            district_id.set(str(self.runner.resolved.actor.district_id))

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """A place to run in: at once where the query is cheap, in the lane of expensive ones else. Raises ``Overloaded``."""
        if self._expensive_limiter is None or (self.cost or 0) <= EXPENSIVE_COST:
            yield
            return
        async with self._expensive_limiter.slot():
            yield

    def loader(self, name: Hashable, load: Callable[[list[Any]], Awaitable[Sequence[Any]]]) -> DataLoader[Any, Any]:
        """The loader ``name`` of this request, made with ``load`` when it is first asked for."""
        if name not in self._loaders:
            self._loaders[name] = DataLoader(load_fn=load, max_batch_size=MAX_LIMIT)
        return self._loaders[name]


Info: TypeAlias = strawberry.Info[GraphQLContext, None]
