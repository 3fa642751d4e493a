"""People see and end their sign-ins; administrators let clients register themselves."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from domain.oauth.commands import (
    CreateInitialAccessToken,
    ListInitialAccessTokens,
    ListSessions,
    RevokeInitialAccessTokens,
    RevokeSessions,
)
from domain.oauth.model import TokenFamily
from domain.oauth.opaque_tokens import OpaqueTokenKind, new_token, token_digest
from domain.oauth.ports import AuthorizationUnit
from domain.oauth.views import (
    InitialAccessTokenView,
    NewInitialAccessTokenView,
    RevokedInitialAccessTokensView,
    RevokedSessionsView,
    SessionView,
)
from domain.permissions.rules import authorize
from domain.shared.audit import Subject
from domain.shared.context import Actor, ActorKind, Context
from domain.shared.errors import Code, FieldError, Invalid
from domain.shared.ids import InitialAccessTokenId, PersonId
from domain.shared.operation import operation
from domain.shared.paging import Page, cursor_key, make_page


@operation()
async def list_sessions(cmd: ListSessions, ctx: Context[AuthorizationUnit]) -> Page[SessionView]:
    """The asking person's own; needs no scope, as it is about the token itself."""
    permission = authorize(ctx.actor, "list_sessions")
    person_id = _person_id(ctx.actor)
    after = cursor_key(cmd, ctx.cursors)
    rows: Sequence[TokenFamily] = ()
    if person_id is not None:
        async with ctx.read(permission) as unit:
            rows = await unit.sessions.page(person_id, cmd.limit + 1, after, ctx.now())
    return make_page([_session_view(row, ctx.actor) for row in rows], cmd, ctx.cursors, lambda view: (str(view.id),))


@operation(idempotency_key=True)
async def revoke_sessions(cmd: RevokeSessions, ctx: Context[AuthorizationUnit]) -> RevokedSessionsView:
    """End some of the asking person's own; twice is once. Refuses (``Invalid``) what is not theirs, and ends none then."""
    permission = authorize(ctx.actor, "revoke_sessions")
    person_id = _person_id(ctx.actor) or PersonId(UUID(int=0))
    async with ctx.open(permission) as unit:
        held = await unit.sessions.owned(person_id, cmd.session_ids)
        _require_all(cmd.session_ids, held, "/session_ids", "none of your sessions has this id; GET /v1/me/sessions lists them")
        revoked = await unit.sessions.revoke(person_id, cmd.session_ids, ctx.now())
        await unit.commit()
    return RevokedSessionsView(revoked=revoked)


@operation()
async def create_initial_access_token(
    cmd: CreateInitialAccessToken, ctx: Context[AuthorizationUnit]
) -> NewInitialAccessTokenView:
    """Make one; the token itself is shown this once."""
    permission = authorize(ctx.actor, "create_initial_access_token")
    now = ctx.now()
    token = new_token(OpaqueTokenKind.INITIAL, ctx.actor.district_id)
    made = InitialAccessTokenView(
        id=InitialAccessTokenId(ctx.new_id()),
        name=cmd.name,
        scopes=cmd.scopes,
        created_at=now,
        expires_at=now + timedelta(days=cmd.days),
        revoked_at=None,
    )
    async with ctx.open(permission) as unit:
        await unit.initial_access_tokens.add(made, token_digest(token), f"{ctx.actor.kind.value}:{ctx.actor.id}")
        unit.audit.record(Subject.INITIAL_ACCESS_TOKEN, made.id)
        await unit.commit()
    return NewInitialAccessTokenView(initial_access_token=made, token=token)


@operation()
async def list_initial_access_tokens(
    cmd: ListInitialAccessTokens, ctx: Context[AuthorizationUnit]
) -> Page[InitialAccessTokenView]:
    """The district's, past ones too."""
    permission = authorize(ctx.actor, "list_initial_access_tokens")
    after = cursor_key(cmd, ctx.cursors)
    async with ctx.read(permission) as unit:
        rows = await unit.initial_access_tokens.page(cmd.limit + 1, after)
    return make_page(rows, cmd, ctx.cursors, lambda view: (str(view.id),))


@operation(idempotency_key=True)
async def revoke_initial_access_tokens(
    cmd: RevokeInitialAccessTokens, ctx: Context[AuthorizationUnit]
) -> RevokedInitialAccessTokensView:
    """End some; twice is once. Refuses (``Invalid``) what is not the district's, and ends none then."""
    permission = authorize(ctx.actor, "revoke_initial_access_tokens")
    async with ctx.open(permission) as unit:
        held = await unit.initial_access_tokens.existing(cmd.token_ids)
        _require_all(cmd.token_ids, held, "/token_ids", "the district has no initial access token of this id")
        revoked = await unit.initial_access_tokens.revoke(cmd.token_ids, ctx.now())
        unit.audit.record(Subject.INITIAL_ACCESS_TOKEN, further_ids=cmd.token_ids, count=len(cmd.token_ids))
        await unit.commit()
    return RevokedInitialAccessTokensView(revoked=revoked)


def _person_id(actor: Actor) -> PersonId | None:
    """Who asks, where it is a person."""
    return PersonId(UUID(actor.id)) if actor.kind is ActorKind.PERSON else None


def _require_all(requested: Sequence[UUID], existing: frozenset[UUID], pointer: str, detail: str) -> None:
    strange = [place for place, found in enumerate(requested) if found not in existing]
    if strange:
        raise Invalid.of(FieldError(pointer=f"{pointer}/{place}", code=Code.NOT_FOUND, detail=detail) for place in strange)


def _session_view(session: TokenFamily, actor: Actor) -> SessionView:
    return SessionView(
        id=session.id,
        client_id=session.client_id,
        client_name=session.client_name,
        device=session.device,
        scopes=session.scopes,
        created_at=session.created_at,
        used_at=session.used_at,
        expires_at=min(session.idle_until, session.absolute_until),
        current=session.id == actor.session_id,
    )
