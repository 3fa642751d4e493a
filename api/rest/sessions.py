"""Where one is signed in, and who may register clients."""

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
    Example(summary="One's own.", person=True),
    Example(summary="More than a page holds.", query={"limit": "1000"}, status=422),
)
async def list_sessions(cmd: Annotated[ListSessions, from_query(ListSessions)], runner: Runner) -> Page[SessionView]:
    """Devices on which one is signed in."""
    return await runner.run(usecases.list_sessions, cmd)


@router.post("/me/sessions:revoke")
@operation(
    usecases.revoke_sessions,
    Example(summary="Of none.", body={"session_ids": []}, person=True),
    Example(summary="Of somebody else's.", body={"session_ids": [UNKNOWN_ID]}, status=422, person=True),
)
async def revoke_sessions(body: RevokeSessions, runner: KeyedRunner) -> RevokedSessionsView:
    """Sign out of devices."""
    return await runner.run_idempotent(usecases.revoke_sessions, body)


@router.post("/oauth/initial-access-tokens", status_code=201)
@operation(
    usecases.create_initial_access_token,
    Example(summary="For a partner.", body=INITIAL_ACCESS_TOKEN_BODY, status=201),
    Example(summary="For years.", body=INITIAL_ACCESS_TOKEN_BODY | {"days": 1000}, status=422),
)
async def create_initial_access_token(body: CreateInitialAccessToken, runner: Runner) -> NewInitialAccessTokenView:
    """Let clients register themselves."""
    return await runner.run(usecases.create_initial_access_token, body)


@router.get("/oauth/initial-access-tokens")
@operation(
    usecases.list_initial_access_tokens,
    Example(summary="All."),
    Example(summary="More than a page holds.", query={"limit": "1000"}, status=422),
)
async def list_initial_access_tokens(
    cmd: Annotated[ListInitialAccessTokens, from_query(ListInitialAccessTokens)], runner: Runner
) -> Page[InitialAccessTokenView]:
    """What lets clients register themselves."""
    return await runner.run(usecases.list_initial_access_tokens, cmd)


@router.post("/oauth/initial-access-tokens:revoke")
@operation(
    usecases.revoke_initial_access_tokens,
    Example(summary="By none.", body={"token_ids": []}),
    Example(summary="By an unknown one.", body={"token_ids": [UNKNOWN_ID]}, status=422),
)
async def revoke_initial_access_tokens(body: RevokeInitialAccessTokens, runner: KeyedRunner) -> RevokedInitialAccessTokensView:
    """Let nobody register any more."""
    return await runner.run_idempotent(usecases.revoke_initial_access_tokens, body)
