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

from api.execution.runner import Call
from api.logging import district_id
from api.middleware.load_shedding import EXPENSIVE_COST, Lane
from api.wire.idempotency_key import read_key
from api.wire.problem_details import RateLimited
from domain.shared.paging import MAX_LIMIT

C = TypeVar("C")
V = TypeVar("V")


CallOf = Callable[[Request], Call | Awaitable[Call]]
"""The call of a request's bearer; raises ``Unauthenticated`` when it has none that we know."""


class LazyCall:
    """The call of one request. A token is looked at once; the fields that need one say where it is missing."""

    def __init__(self, request: Request, call_of: CallOf) -> None:
        self._request = request
        self._call_of = call_of
        self._found: asyncio.Future[Call] | None = None

    async def run(self, use_case: Any, command: C) -> Any:
        """As ``Call.run``."""
        return await (await self._call()).run(use_case, command)

    async def change(self, use_case: Any, command: C, idempotency_key: str | None) -> Any:
        """As ``Call.change``; the key is the mutation's own argument, whatever the headers say."""
        call = await self._call()
        return await replace(call, idempotency_key=read_key(idempotency_key, "/idempotencyKey")).change(use_case, command)

    @property
    def found(self) -> Call | None:
        """The call, where a field needed it and the token was good."""
        known = self._found is not None and self._found.done() and self._found.exception() is None
        return self._found.result() if self._found is not None and known else None

    async def counted(self) -> None:
        """Find out who asks where a token was sent, so that the request counts as theirs. Raises ``RateLimited``.

        What else is wrong with it is told by the fields that need it.
        """
        if "authorization" in self._request.headers:
            found = self._asked()
            await asyncio.wait([found])
            if isinstance(refusal := found.exception(), RateLimited):
                raise refusal

    async def _call(self) -> Call:
        return await asyncio.shield(self._asked())

    def _asked(self) -> asyncio.Future[Call]:
        if self._found is None:
            self._found = asyncio.ensure_future(self._find())
        return self._found

    async def _find(self) -> Call:
        found = self._call_of(self._request)
        return await found if inspect.isawaitable(found) else found


class Asking:
    """The context of one GraphQL request; nothing in it outlives the request."""

    def __init__(self, request: Request, call_of: CallOf, expensive: Lane | None = None) -> None:
        self.request = request
        self.call = LazyCall(request, call_of)
        self.cost: int | None = None
        self._expensive = expensive
        self.inputs: dict[str, Any] = {}
        """Inputs as they were sent, by the variable that stands for each when the query is executed."""
        self._loaders: dict[Hashable, DataLoader[Any, Any]] = {}

    def bind_logs(self) -> None:
        """Name the district in the lines of this request: fields run in tasks, and what they bind stays with them."""
        if self.call.found is not None:
            district_id.set(str(self.call.found.actor.district_id))

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place to run in: at once where the query is cheap, in the lane of expensive ones else. Raises ``Overloaded``."""
        if self._expensive is None or (self.cost or 0) <= EXPENSIVE_COST:
            yield
            return
        async with self._expensive.place():
            yield

    def loader(self, name: Hashable, load: Callable[[list[Any]], Awaitable[Sequence[Any]]]) -> DataLoader[Any, Any]:
        """The loader ``name`` of this request, made with ``load`` when it is first asked for."""
        if name not in self._loaders:
            self._loaders[name] = DataLoader(load_fn=load, max_batch_size=MAX_LIMIT)
        return self._loaders[name]


Info: TypeAlias = strawberry.Info[Asking, None]
