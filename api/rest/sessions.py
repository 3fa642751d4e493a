"""Sessions of the signed-in person, and initial access tokens for client registration."""

from typing import Annotated

from api.rest.example_ids import UNKNOWN_ID
from api.rest.operations import Example, operation
from api.rest.parameters import from_query
from api.rest.routing import Router
from api.rest.runner import KeyedRunner, Runner
from domain.oauth import usecases
from domain.oauth.commands import (
    CreateInitialAccessToken,
    ListInitialAccessTokens,
    ListSessions,
    RevokeInitialAccessTokens,
    RevokeSessions,
)
from domain.oauth.views import (
    InitialAccessTokenView,
    NewInitialAccessTokenView,
    RevokedInitialAccessTokensView,
    RevokedSessionsView,
    SessionView,
)
from domain.shared.paging import Page

INITIAL_ACCESS_TOKEN_BODY = {"name": "Walkthrough partner", "scopes": ["directory:read", "observations:*"]}

router = Router(prefix="/v1", tags=["authorization"])


@router.get("/me/sessions")
@operation(
    usecases.list_sessions,
    Example(summary="The caller's own.", person=True),
    Example(summary="A limit above the maximum.", query={"limit": "1000"}, status=422),
)
async def list_sessions(cmd: Annotated[ListSessions, from_query(ListSessions)], runner: Runner) -> Page[SessionView]:
    """List the devices on which you are signed in."""
    return await runner.run(usecases.list_sessions, cmd)


@router.post("/me/sessions:revoke")
@operation(
    usecases.revoke_sessions,
    Example(summary="No session.", body={"session_ids": []}, person=True),
    Example(summary="Another person's session.", body={"session_ids": [UNKNOWN_ID]}, status=422, person=True),
)
async def revoke_sessions(body: RevokeSessions, runner: KeyedRunner) -> RevokedSessionsView:
    """Sign out of devices by their session ids."""
    return await runner.run_idempotent(usecases.revoke_sessions, body)


@router.post("/oauth/initial-access-tokens", status_code=201)
@operation(
    usecases.create_initial_access_token,
    Example(summary="For a partner's clients.", body=INITIAL_ACCESS_TOKEN_BODY, status=201),
    Example(summary="Valid for too many days.", body=INITIAL_ACCESS_TOKEN_BODY | {"days": 1000}, status=422),
)
async def create_initial_access_token(body: CreateInitialAccessToken, runner: Runner) -> NewInitialAccessTokenView:
    """Create a token with which clients register themselves."""
    return await runner.run(usecases.create_initial_access_token, body)


@router.get("/oauth/initial-access-tokens")
@operation(
    usecases.list_initial_access_tokens,
    Example(summary="The first page."),
    Example(summary="A limit above the maximum.", query={"limit": "1000"}, status=422),
)
async def list_initial_access_tokens(
    cmd: Annotated[ListInitialAccessTokens, from_query(ListInitialAccessTokens)], runner: Runner
) -> Page[InitialAccessTokenView]:
    """List initial access tokens."""
    return await runner.run(usecases.list_initial_access_tokens, cmd)


@router.post("/oauth/initial-access-tokens:revoke")
@operation(
    usecases.revoke_initial_access_tokens,
    Example(summary="No token.", body={"token_ids": []}),
    Example(summary="An unknown token.", body={"token_ids": [UNKNOWN_ID]}, status=422),
)
async def revoke_initial_access_tokens(body: RevokeInitialAccessTokens, runner: KeyedRunner) -> RevokedInitialAccessTokensView:
    """Revoke initial access tokens."""
    return await runner.run_idempotent(usecases.revoke_initial_access_tokens, body)
