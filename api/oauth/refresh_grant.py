"""Authlib's grant for refresh tokens over our token families, where each token is used once (rotation)."""

from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError, grants

from api.oauth.audit import AuditEvent, client_actor, denied, person_actor
from api.oauth.client_authentication import ALL_METHODS, Client
from api.oauth.dependencies import Dependencies, enter_district
from api.oauth.tokens import TokenSubject
from api.oauth.usable_scopes import usable_scope
from domain.oauth.audit_actions import DenialReason, OAuthAction
from domain.oauth.model import IDLE_TIMEOUT, RefreshToken, TokenFamily
from domain.oauth.opaque_tokens import OpaqueTokenKind, derive_successor, token_digest
from domain.oauth.refresh_rotation import RefreshDecision, decide_refresh
from domain.shared.audit import Ending, Subject

INVALID_GRANT_MESSAGE = (
    "This refresh token is not valid: it is unknown, was used already, has ended, or belongs to another client. "
    "Have the person sign in again."
)


@dataclass(frozen=True, kw_only=True)
class PresentedRefreshToken:
    """A presented refresh token, in the form that Authlib needs."""

    subject: TokenSubject
    session: TokenFamily
    token: RefreshToken
    decision: RefreshDecision

    def check_client(self, client: Client) -> bool:
        """Return whether the token belongs to this client."""
        return self.session.client_id == client.get_client_id()

    def get_scope(self) -> str:
        """Return the granted scopes, even if the last token had fewer."""
        return " ".join(self.session.scopes)


class RefreshTokenGrant(grants.RefreshTokenGrant):
    """Each refresh token is used once. Its successor is derived from it, so that a lost response can be repeated."""

    TOKEN_ENDPOINT_AUTH_METHODS = list(ALL_METHODS)  # noqa: RUF012 - the library's shape
    INCLUDE_NEW_REFRESH_TOKEN = True

    @property
    def dependencies(self) -> Dependencies:
        """The dependencies of the server."""
        dependencies: Dependencies = self.server.dependencies
        return dependencies

    def authenticate_refresh_token(self, refresh_token: str) -> PresentedRefreshToken:
        """Return the presented token if it is valid; a reused one revokes its family (committed despite the error).

        Raises `InvalidGrantError`, with one sentence for every reason.
        """
        client: Client = self.request.client
        store, now = self.dependencies.store, self.dependencies.now()
        district_id = enter_district(store, OpaqueTokenKind.REFRESH, refresh_token, client)
        session = None if district_id is None else store.families.lock_session_of(token_digest(refresh_token))
        token = None if session is None else store.families.token(token_digest(refresh_token))
        if district_id is None or session is None or token is None:
            raise InvalidGrantError(INVALID_GRANT_MESSAGE)
        actor = client_actor(client.get_client_id(), district_id)
        if session.client_id != client.get_client_id():
            self.dependencies.audit.record(
                OAuthAction.REFRESH_SESSION, actor, denied(DenialReason.OF_ANOTHER_CLIENT, Subject.SESSION, session.id)
            )
            raise InvalidGrantError(INVALID_GRANT_MESSAGE)
        next_one = derive_successor(self.dependencies.successor_key, refresh_token, district_id)
        decided = decide_refresh(session, token, store.families.token(token_digest(next_one)), now)
        if decided is RefreshDecision.REVOKE:
            store.families.revoke(session.id, now)
            self.dependencies.audit.record(
                OAuthAction.REFRESH_SESSION, actor, denied(DenialReason.TOKEN_REUSED, Subject.SESSION, session.id)
            )
        if decided in {RefreshDecision.REVOKE, RefreshDecision.REJECT} or store.families.person(session.person_id) is None:
            raise InvalidGrantError(INVALID_GRANT_MESSAGE)
        subject = TokenSubject(
            district_id=district_id,
            person_id=session.person_id,
            session_id=session.id,
            scopes=session.scopes,
            auth_time=session.auth_time,
            methods=session.methods,
            refresh_token=next_one,
        )
        return PresentedRefreshToken(subject=subject, session=session, token=token, decision=decided)

    def authenticate_user(self, refresh_token: PresentedRefreshToken) -> TokenSubject:
        return refresh_token.subject

    def generate_token(self, user: TokenSubject, scope: str, *, include_refresh_token: bool, **_: Any) -> dict[str, Any]:
        """Return the next tokens, with the allowed scopes that the person can use now."""
        scope = usable_scope(self.dependencies, self.request.client.registered, user, scope)
        token: dict[str, Any] = super().generate_token(user=user, scope=scope, include_refresh_token=include_refresh_token)
        return token

    def save_token(self, token: dict[str, Any]) -> None:
        """Store the successor and extend the family; a repeated response has a stored successor."""
        presented: PresentedRefreshToken = self.request.refresh_token
        session, families, now = presented.session, self.dependencies.store.families, self.dependencies.now()
        if presented.decision is RefreshDecision.ROTATE:
            families.add_token(token_digest(token["refresh_token"]), session.id, now)
            families.use_session(session.id, now, min(now + IDLE_TIMEOUT, session.absolute_until))
        subject = presented.subject
        actor = person_actor(subject.person_id, subject.district_id, session.client_id, session.id)
        ending = Ending.DONE if presented.decision is RefreshDecision.ROTATE else Ending.REPLAYED
        self.dependencies.audit.record(
            OAuthAction.REFRESH_SESSION, actor, AuditEvent(object_type=Subject.SESSION, object_id=session.id, outcome=ending)
        )

    def revoke_old_credential(self, refresh_token: PresentedRefreshToken) -> None:
        """Mark the token as replaced. It stays stored, so that a reuse is detected."""
        if refresh_token.decision is RefreshDecision.ROTATE:
            self.dependencies.store.families.replace_token(refresh_token.token.sha256, self.dependencies.now())
