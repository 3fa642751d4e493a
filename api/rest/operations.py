"""What a route says of its operation beside FastAPI's own arguments: its use case, and examples that a test sends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from inspect import getsourcefile, unwrap
from typing import Any, TypeVar, get_type_hints

from domain.permissions.policy import POLICY
from domain.shared.operation import operation_of

UseCase = Callable[..., Any]
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class Example:
    """A request, and the status it is answered with. `person`: sent by somebody who signed in, as no machine can.

    `invalid`: the schema refuses its body, though the request is answered.
    """

    summary: str
    body: Any = None
    status: int = 200
    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    person: bool = False
    invalid: bool = False


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """What `operation` says of a route.

    `later`: the use case that starts a job of the same command, for `Prefer: respond-async` (RFC 7240). `preview`: the use case
    that answers what the same command would change, for `dry_run=true`. `statuses`: refusals beside those that follow from
    the route and its examples. `media_type` and `body_schema`: those of a body that FastAPI does
    not read. `cached`: whether anybody may store a public
    answer for five minutes.
    """

    use_case: UseCase
    examples: tuple[Example, ...]
    async_use_case: UseCase | None = None
    preview: UseCase | None = None
    statuses: tuple[int, ...] = ()
    media_type: str | None = None
    body_schema: Mapping[str, Any] | None = None
    cached: bool = True


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation of the API, as its route declares it. `key`: takes an Idempotency-Key. `versioned`: takes If-Match."""

    method: str
    path: str
    status: int
    response_type: Any
    key: bool
    versioned: bool
    public: bool
    declaration: Declaration

    @property
    def use_case(self) -> UseCase:
        """The use case that the route runs."""
        return self.declaration.use_case

    @property
    def async_use_case(self) -> UseCase | None:
        """The use case that starts it as a job."""
        return self.declaration.async_use_case

    @property
    def preview(self) -> UseCase | None:
        """The use case that answers what it would change."""
        return self.declaration.preview

    @property
    def examples(self) -> tuple[Example, ...]:
        """Requests, each with the status of its answer."""
        return self.declaration.examples

    @property
    def media_type(self) -> str:
        """The media type of the body."""
        return self.declaration.media_type or "application/json"

    @property
    def command(self) -> Any:
        """The class of the command that the use case takes; None when it takes none."""
        return get_type_hints(self.use_case).get("cmd")


def operation(use_case: UseCase, *examples: Example, **options: Any) -> Callable[[Endpoint], Endpoint]:
    """Declare the route below it: `use_case`, at least one example that succeeds and one that is refused, and `options`."""

    def declare(endpoint: Endpoint) -> Endpoint:
        endpoint.declaration = Declaration(use_case=use_case, examples=examples, **options)  # type: ignore[attr-defined]
        return endpoint

    return declare


def check_declared(route: Operation) -> None:
    """Raise `TypeError`, with the file to edit, unless route, use case and policy agree on the operation."""
    for use_case in (route.use_case, route.async_use_case, route.preview):
        if use_case is None or route.public:
            continue
        declared = operation_of(use_case)
        if declared.policy not in POLICY:
            raise TypeError(f"{declared.action} has no row in the policy: add one to domain/permissions/policy.py")
    if not route.public and operation_of(route.use_case).idempotency_key != route.key:
        wanted = "KeyedRunner" if not route.key else "Runner"
        where = getsourcefile(unwrap(route.use_case))
        raise TypeError(
            f"{route.method} {route.path} and its use case disagree on the Idempotency-Key: "
            f"give the route a {wanted} in api/rest, or correct key= of {route.use_case.__name__} in {where}"
        )
