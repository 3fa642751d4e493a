"""Declare a route's use case and its examples, which a test sends to a running service."""

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
    """A request and the status of its response.

    `person`: sent with the token of a signed-in person, not of a machine client. `invalid`: the body does not match the schema
    although the request succeeds.
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
    """What the decorator `operation` declares for a route.

    `async_use_case`: starts a job for the command, for `Prefer: respond-async` (RFC 7240). `preview`: returns what the command
    would change, for `dry_run=true`. `statuses`: error statuses beside those that follow from the route and its
    examples. `media_type` and `body_schema`: of a body that FastAPI does not parse. `cached`: whether any cache may store the
    response of a public route, for five minutes.
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
    """One operation of the API. `key`: accepts an Idempotency-Key. `versioned`: accepts If-Match."""

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
        """The use case that starts the operation as a job."""
        return self.declaration.async_use_case

    @property
    def preview(self) -> UseCase | None:
        """The use case that returns what the operation would change."""
        return self.declaration.preview

    @property
    def examples(self) -> tuple[Example, ...]:
        """Requests, each with the status of its response."""
        return self.declaration.examples

    @property
    def media_type(self) -> str:
        """The media type of the body."""
        return self.declaration.media_type or "application/json"

    @property
    def command(self) -> Any:
        """The class of the use case's command, if it has one."""
        return get_type_hints(self.use_case).get("cmd")


def operation(use_case: UseCase, *examples: Example, **options: Any) -> Callable[[Endpoint], Endpoint]:
    """Declare a route's `use_case`, its `examples` (at least one success and one error) and `options` of `Declaration`."""

    def declare(endpoint: Endpoint) -> Endpoint:
        endpoint.declaration = Declaration(use_case=use_case, examples=examples, **options)  # type: ignore[attr-defined]
        return endpoint

    return declare


def check_declared(route: Operation) -> None:
    """Check that route, use case and policy agree. Raises `TypeError` that names the file to edit."""
    for use_case in (route.use_case, route.async_use_case, route.preview):
        if use_case is None or route.public:
            continue
        declared = operation_of(use_case)
        if declared.policy not in POLICY:
            raise TypeError(f"{declared.action} has no row in the policy: add one to domain/permissions/policy.py")
    if not route.public and operation_of(route.use_case).idempotency_key != route.key:
        runner = "KeyedRunner" if not route.key else "Runner"
        where = getsourcefile(unwrap(route.use_case))
        raise TypeError(
            f"{route.method} {route.path} and its use case disagree on the Idempotency-Key: "
            f"give the route a {runner} in api/rest, or correct key= of {route.use_case.__name__} in {where}"
        )
