"""Revocation (RFC 7009) and introspection (RFC 7662)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint

from api.oauth.audit import AuditEvent, client_actor, denied, person_actor
from api.oauth.client_authentication import ALL_METHODS, CONFIDENTIAL_METHODS, Client
from api.oauth.dependencies import Dependencies
from domain.oauth.audit_actions import DenialReason, OAuthAction
from domain.oauth.model import TokenFamily
from domain.oauth.opaque_tokens import OpaqueTokenKind, district_in_token, token_digest
from domain.shared.audit import Subject
from domain.shared.ids import DistrictId, PersonId, SessionId


@dataclass(frozen=True, kw_only=True)
class PresentedToken:
    """A token that is valid now: the claims of an access token, or the family of a refresh token."""

    district_id: DistrictId
    client_id: str
    claims: dict[str, Any] | None
    session: TokenFamily | None

    @property
    def session_id(self) -> SessionId | None:
        """The token family; None for a machine's access token."""
        if self.session is not None:
            return self.session.id
        sid = (self.claims or {}).get("sid")
        return None if sid is None else SessionId(UUID(sid))

    @property
    def person_id(self) -> PersonId:
        """The person whom the token was issued to."""
        return self.session.person_id if self.session is not None else PersonId(UUID((self.claims or {})["sub"]))

    def check_client(self, client: Client) -> bool:
        return self.client_id == client.get_client_id()

    def is_expired(self) -> bool:
        return False

    def is_revoked(self) -> bool:
        return False


def _require_token(request: Any) -> None:
    """Accept an unknown `token_type_hint`, which Authlib would reject although it is only a hint."""
    if "token" not in request.form:
        raise InvalidRequestError("Send token, which is missing.")


def _presented(dependencies: Dependencies, request: Any) -> PresentedToken | None:
    """Return the token of `request` if it is valid; `request.claims`, those of a JWT, were read before the bridge."""
    client, claims, text = request.client.registered, request.claims, request.form["token"]
    if claims is not None:
        district_id = DistrictId(UUID(claims["district_id"]))
        if district_id not in client.districts:
            return None
        dependencies.store.set_tenant(district_id)
        return PresentedToken(district_id=district_id, client_id=claims["client_id"], claims=claims, session=None)
    district = district_in_token(OpaqueTokenKind.REFRESH, text)
    if district is None or district not in client.districts:
        return None
    dependencies.store.set_tenant(district)
    session = dependencies.store.families.lock_session_of(token_digest(text))
    if session is None or not session.is_active(dependencies.now()):
        return None
    return PresentedToken(district_id=district, client_id=session.client_id, claims=None, session=session)


class Revocation(RevocationEndpoint):
    """Revokes a token: a refresh token, or a person's access token, ends the whole family."""

    CLIENT_AUTH_METHODS = list(ALL_METHODS)  # noqa: RUF012 - the library's shape

    def authenticate_token(self, request: Any, client: Client) -> PresentedToken | None:
        """Return the token, if it is valid and this client's; a replaced refresh token names its family as well."""
        _require_token(request)
        presented = _presented(self.server.dependencies, request)
        if presented is None:
            return None
        if not presented.check_client(client):
            self._record_denied(presented, client)
            raise InvalidGrantError("This token is another client's: that one can give it back.")
        if presented.session_id is None:
            raise OAuth2Error("A machine's access token ends by itself.", status_code=400, error="unsupported_token_type")
        return presented

    def revoke_token(self, token: PresentedToken, request: Any) -> None:  # noqa: ARG002 - the library's
        dependencies: Dependencies = self.server.dependencies
        session_id = token.session_id
        if session_id is not None and dependencies.store.families.revoke(session_id, dependencies.now()):
            actor = person_actor(token.person_id, token.district_id, token.client_id, session_id)
            dependencies.audit.record(
                OAuthAction.REVOKE_SESSION, actor, AuditEvent(object_type=Subject.SESSION, object_id=session_id)
            )

    def _record_denied(self, presented: PresentedToken, client: Client) -> None:
        actor = client_actor(client.get_client_id(), presented.district_id)
        event = denied(DenialReason.OF_ANOTHER_CLIENT, Subject.SESSION, presented.session_id)
        self.server.dependencies.audit.record(OAuthAction.REVOKE_SESSION, actor, event)


class Introspection(IntrospectionEndpoint):
    """Describes a token to a confidential client of the same district; any other token is inactive."""

    CLIENT_AUTH_METHODS = list(CONFIDENTIAL_METHODS)  # noqa: RUF012 - the library's shape

    def authenticate_token(self, request: Any, client: Client) -> PresentedToken | None:  # noqa: ARG002 - the library's
        _require_token(request)
        presented = _presented(self.server.dependencies, request)
        if presented is not None and presented.session is not None and not self._is_current(request):
            return None
        return presented

    def _is_current(self, request: Any) -> bool:
        """Return whether a refresh token is the newest of its family."""
        token = self.server.dependencies.store.families.token(token_digest(request.form["token"]))
        return token is not None and token.replaced_at is None

    def introspect_token(self, token: PresentedToken) -> dict[str, Any]:
        if token.claims is not None:
            members = ("iss", "aud", "sub", "client_id", "scope", "exp", "iat", "jti", "auth_time", "district_id", "sid")
            claims = {name: token.claims[name] for name in members if name in token.claims}
            return {"active": True, "token_type": "Bearer", **claims}
        session = token.session
        if session is None:
            return {"active": False}
        return {
            "active": True,
            "client_id": session.client_id,
            "sub": str(session.person_id),
            "scope": " ".join(session.scopes),
            "exp": int(session.idle_until.timestamp()),
            "iat": int(session.created_at.timestamp()),
            "district_id": str(token.district_id),
            "sid": str(session.id),
        }
