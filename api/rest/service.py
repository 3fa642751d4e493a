"""What the service says of itself: where things are, its limits, whether it lives and can serve."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from api.middleware.rate_limit import RateLimits
from api.rest.operations import Example, operation
from api.rest.routing import Router
from api.wire import limits
from api.wire.limits import COST_FORMULA
from api.wire.problem_details import NO_STORE
from domain.directory.oauth_clients import NATIVE_CLIENT_ID, NATIVE_REDIRECT_URIS
from domain.framework.disclaimer import NOTICE
from domain.jobs.model import MAX_WAITING, MAX_WAITING_PER_REQUESTER
from domain.roster.zip_package import ROSTER_ZIP_LIMITS
from domain.scoring.tally_rebuild import MAX_ROWS
from domain.shared.errors import MAX_ERRORS
from domain.shared.paging import DEFAULT_LIMIT, MAX_LIMIT

API_VERSION = "1"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one request may ask for."""

    body_bytes: int
    """A body, unpacked."""
    batch_body_bytes: int
    """A batch, unpacked."""
    roster_package_bytes: int
    """A roster's ZIP."""
    batch_items: int
    """Items of a batch."""
    object_members: int
    """Members of one JSON object; counted before it is read."""
    query_parameters: int
    """Parameters of one query string."""
    errors_listed: int
    """Faults that one problem lists; errors_omitted counts the others."""
    batch_errors_listed: int
    """The same of all problems of a batch together."""
    page_default: int
    """A page, unless asked for otherwise."""
    page_most: int
    """The largest page."""
    rebuild_ratings: int
    """Above this, a new crosswalk or half-life is the operator's to bring in."""
    graphql_depth: int
    """Depth of a query."""
    graphql_aliases: int
    """Aliases in a query."""
    graphql_tokens: int
    """Tokens of a query."""
    graphql_first: int
    """The largest first."""
    graphql_nested_first: int
    """The largest product of nested first."""
    graphql_cost: int
    """The largest cost of a query, by the formula graphql_cost_formula."""
    graphql_cost_formula: str
    """How a query's cost is counted before it runs."""
    graphql_input_values: int
    """Members and items of all inputs of a query."""
    graphql_characters: int
    """Characters of a query; its variables count as the body."""
    graphql_pairs: int
    """Pairs of fields of a query that are answered in one place under one name."""
    graphql_spreads: int
    """Spreads of fragments in a query."""
    graphql_anonymous_tokens: int
    """Tokens of a query without a valid access token."""
    graphql_anonymous_characters: int
    """Characters of such a query."""
    requests_per_minute_client: int
    """Of one machine; 0: no limit."""
    requests_per_minute_person: int
    """Of one person, over all devices; 0: no limit."""
    requests_per_minute_address: int
    """Without a valid token, from one address; 0: no limit."""
    request_items: int
    """Items of a batch that count as one request."""
    jobs_of_one: int
    """Jobs of one requester that have not ended."""
    jobs_of_district: int
    """Jobs of a district that have not ended."""
    zip_entries: int
    """Files in a ZIP."""
    zip_file_bytes: int
    """One file of a ZIP, unpacked."""
    zip_bytes: int
    """All files of a ZIP, unpacked."""
    zip_ratio: int
    """How many times its size a file of a ZIP may unpack to."""


@dataclass(frozen=True, kw_only=True)
class ServiceView:
    """Where things are, and what may be asked."""

    api_version: str
    """Of the contract."""
    build: str
    """Of the software."""
    server_time: datetime
    """By our clock."""
    token_url: str
    """Where access tokens come from."""
    graphql_url: str
    """Where GraphQL is."""
    native_client_id: str
    """The app that comes with the installation: a native one, to be enabled by each district."""
    native_redirect_uris: tuple[str, ...]
    """Where that app is answered, on its own device: exactly so, but at any port."""
    limits: Limits
    """What one request may ask for."""
    notice: str
    """What this is, and what it is not."""


def _limits(rate_limits: RateLimits) -> Limits:
    return Limits(
        body_bytes=limits.BODY_BYTES,
        batch_body_bytes=limits.BATCH_BODY_BYTES,
        roster_package_bytes=limits.ROSTER_PACKAGE_BYTES,
        batch_items=limits.BATCH_ITEMS,
        object_members=limits.OBJECT_MEMBERS,
        query_parameters=limits.QUERY_PARAMETERS,
        errors_listed=MAX_ERRORS,
        batch_errors_listed=limits.BATCH_ERRORS,
        page_default=DEFAULT_LIMIT,
        page_most=MAX_LIMIT,
        rebuild_ratings=MAX_ROWS,
        graphql_depth=limits.GRAPHQL_DEPTH,
        graphql_aliases=limits.GRAPHQL_ALIASES,
        graphql_tokens=limits.GRAPHQL_TOKENS,
        graphql_first=limits.GRAPHQL_FIRST,
        graphql_nested_first=limits.GRAPHQL_ROWS,
        graphql_cost=limits.GRAPHQL_COST,
        graphql_cost_formula=COST_FORMULA,
        graphql_input_values=limits.INPUT_VALUES,
        graphql_characters=limits.GRAPHQL_CHARACTERS,
        graphql_pairs=limits.GRAPHQL_PAIRS,
        graphql_spreads=limits.GRAPHQL_SPREADS,
        graphql_anonymous_tokens=limits.ANONYMOUS_TOKENS,
        graphql_anonymous_characters=limits.ANONYMOUS_CHARACTERS,
        requests_per_minute_client=rate_limits.client,
        requests_per_minute_person=rate_limits.person,
        requests_per_minute_address=rate_limits.address,
        request_items=limits.REQUEST_ITEMS,
        jobs_of_one=MAX_WAITING_PER_REQUESTER,
        jobs_of_district=MAX_WAITING,
        zip_entries=ROSTER_ZIP_LIMITS.entries,
        zip_file_bytes=ROSTER_ZIP_LIMITS.each_bytes,
        zip_bytes=ROSTER_ZIP_LIMITS.total_bytes,
        zip_ratio=ROSTER_ZIP_LIMITS.ratio,
    )


def service_router(public_url: str, build: str, rate_limits: RateLimits) -> Router:
    """``GET /v1``."""
    told = _limits(rate_limits)

    def service() -> ServiceView:
        """Where things are, and what may be asked; needs no token."""
        return ServiceView(
            api_version=API_VERSION,
            build=build,
            server_time=datetime.now(UTC),
            token_url=f"{public_url}/oauth/token",
            graphql_url=f"{public_url}/graphql",
            native_client_id=NATIVE_CLIENT_ID,
            native_redirect_uris=NATIVE_REDIRECT_URIS,
            limits=told,
            notice=NOTICE,
        )

    router = Router(tags=["service"])

    @router.get("/v1")
    @operation(
        service,
        Example(summary="For anybody."),
        Example(summary="A parameter that is none.", query={"colour": "blue"}, status=422),
        cached=False,
    )
    async def read_service() -> ServiceView:
        """This service, its limits and its addresses."""
        return service()

    return router


def health_router(registry: CollectorRegistry, ready: Callable[[], Awaitable[bool]]) -> APIRouter:
    """``/healthz``, ``/readyz`` and ``/metrics``: for the machines that watch this one, outside the contract."""
    router = APIRouter(include_in_schema=False)

    async def healthz() -> Response:
        return Response('{"status":"alive"}', media_type="application/json", headers=NO_STORE)

    async def readyz() -> Response:
        able = await ready()
        body = '{"status":"ready"}' if able else '{"status":"not ready"}'
        return Response(body, 200 if able else 503, media_type="application/json", headers=NO_STORE)

    async def metrics(_request: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    for path, answer in (("/healthz", healthz), ("/readyz", readyz), ("/metrics", metrics)):
        router.add_api_route(path, answer, methods=["GET"], response_model=None)
    return router
