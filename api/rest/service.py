"""The service's addresses and limits, and its health checks and metrics."""

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
    """Limits of the service."""

    body_bytes: int
    """Bytes of a body, decompressed."""
    batch_body_bytes: int
    """Bytes of a batch, decompressed."""
    roster_package_bytes: int
    """Bytes of a roster package."""
    batch_items: int
    """Items of a batch."""
    object_members: int
    """Members of one JSON object; checked before validation."""
    query_parameters: int
    """Parameters of a query string."""
    errors_listed: int
    """Errors listed in one problem; errors_omitted counts the others."""
    batch_errors_listed: int
    """Errors listed in all problems of a batch together."""
    page_default: int
    """Items of a page without limit."""
    page_most: int
    """Items of the largest page."""
    rebuild_ratings: int
    """Ratings above which only the operator can put a new crosswalk or half-life in force."""
    graphql_depth: int
    """Levels of fields in a query."""
    graphql_aliases: int
    """Aliases in a query."""
    graphql_tokens: int
    """Tokens of a query."""
    graphql_first: int
    """The largest first."""
    graphql_nested_first: int
    """The largest product of nested first."""
    graphql_cost: int
    """The largest cost of a query; graphql_cost_formula says how it is counted."""
    graphql_cost_formula: str
    """How the cost of a query is counted."""
    graphql_input_values: int
    """Members and items of all inputs of a query together."""
    graphql_characters: int
    """Characters of a query, without its variables."""
    graphql_pairs: int
    """Pairs of fields with the same response name in one selection of a query."""
    graphql_spreads: int
    """Fragment spreads in a query."""
    graphql_anonymous_tokens: int
    """Tokens of a query without a valid access token."""
    graphql_anonymous_characters: int
    """Characters of a query without a valid access token."""
    requests_per_minute_client: int
    """Requests a minute of a machine client; 0: no limit."""
    requests_per_minute_person: int
    """Requests a minute of a person, over all devices; 0: no limit."""
    requests_per_minute_address: int
    """Requests a minute without a valid token from one address; 0: no limit."""
    request_items: int
    """Items of a batch that count as one request."""
    jobs_of_one: int
    """Unfinished jobs of one requester."""
    jobs_of_district: int
    """Unfinished jobs of a district."""
    zip_entries: int
    """Files in a ZIP."""
    zip_file_bytes: int
    """Bytes of one file of a ZIP, decompressed."""
    zip_bytes: int
    """Bytes of all files of a ZIP, decompressed."""
    zip_ratio: int
    """The largest ratio of decompressed to compressed size of a file in a ZIP."""


@dataclass(frozen=True, kw_only=True)
class ServiceView:
    """Addresses and limits of the service."""

    api_version: str
    """The version of the API."""
    build: str
    """The version of the software."""
    server_time: datetime
    """The time on the server."""
    token_url: str
    """The URL of the token endpoint."""
    graphql_url: str
    """The URL of the GraphQL endpoint."""
    native_client_id: str
    """The client id of the native app that comes with the installation; each district enables it."""
    native_redirect_uris: tuple[str, ...]
    """The redirect URIs of that app on its own device; any port is accepted."""
    limits: Limits
    """Limits of the service."""
    notice: str
    """The disclaimer: sources, trademarks and permitted use."""


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
    """Return the router of `GET /v1`."""
    service_limits = _limits(rate_limits)

    def service() -> ServiceView:
        """Return the addresses and limits of the service; needs no token."""
        return ServiceView(
            api_version=API_VERSION,
            build=build,
            server_time=datetime.now(UTC),
            token_url=f"{public_url}/oauth/token",
            graphql_url=f"{public_url}/graphql",
            native_client_id=NATIVE_CLIENT_ID,
            native_redirect_uris=NATIVE_REDIRECT_URIS,
            limits=service_limits,
            notice=NOTICE,
        )

    router = Router(tags=["service"])

    @router.get("/v1")
    @operation(
        service,
        Example(summary="Without a token."),
        Example(summary="An unknown query parameter.", query={"colour": "blue"}, status=422),
        cached=False,
    )
    async def read_service() -> ServiceView:
        """Read the addresses and limits of the service."""
        return service()

    return router


def health_router(registry: CollectorRegistry, ready: Callable[[], Awaitable[bool]]) -> APIRouter:
    """Return the router of `/healthz`, `/readyz` and `/metrics`, for monitoring; not part of the API contract."""
    router = APIRouter(include_in_schema=False)

    async def healthz() -> Response:
        return Response('{"status":"alive"}', media_type="application/json", headers=NO_STORE)

    async def readyz() -> Response:
        is_ready = await ready()
        body = '{"status":"ready"}' if is_ready else '{"status":"not ready"}'
        return Response(body, 200 if is_ready else 503, media_type="application/json", headers=NO_STORE)

    async def metrics(_request: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    for path, endpoint in (("/healthz", healthz), ("/readyz", readyz), ("/metrics", metrics)):
        router.add_api_route(path, endpoint, methods=["GET"], response_model=None)
    return router
