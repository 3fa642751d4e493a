"""Revocation (RFC 7009) and introspection (RFC 7662)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint

from api.oauth.audit import Told, by_client, by_person, refused
from api.oauth.client_authentication import ALL_METHODS, CONFIDENTIAL_METHODS, Client
from api.oauth.dependencies import Outside
from domain.oauth.audit_actions import Act, Why
from domain.oauth.model import Session
from domain.oauth.opaque_tokens import Kind, digest, district_of
from domain.shared.audit import Subject
from domain.shared.ids import DistrictId, PersonId, SessionId


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A token that is good now: what an access token says of itself, or the family of a refresh token."""

    district_id: DistrictId
    client_id: str
    claims: dict[str, Any] | None
    session: Session | None

    @property
    def session_id(self) -> SessionId | None:
        """The family; None for a machine's access token."""
        if self.session is not None:
            return self.session.id
        said = (self.claims or {}).get("sid")
        return None if said is None else SessionId(UUID(said))

    @property
    def person_id(self) -> PersonId:
        """Whose family it is."""
        return self.session.person_id if self.session is not None else PersonId(UUID((self.claims or {})["sub"]))

    def check_client(self, client: Client) -> bool:
        return self.client_id == client.get_client_id()

    def is_expired(self) -> bool:
        return False

    def is_revoked(self) -> bool:
        return False


def _require_token(request: Any) -> None:
    """A hint says where to look first and may be wrong; the library would refuse what it does not know."""
    if "token" not in request.form:
        raise InvalidRequestError("Send token, which is missing.")


def _shown(outside: Outside, request: Any) -> Shown | None:
    """The token of ``request`` if it is good; ``request.claims`` was read before the bridge from one that is a JWT."""
    client, claims, text = request.client.registered, request.claims, request.form["token"]
    if claims is not None:
        district_id = DistrictId(UUID(claims["district_id"]))
        if district_id not in client.districts:
            return None
        outside.store.stand_in(district_id)
        return Shown(district_id=district_id, client_id=claims["client_id"], claims=claims, session=None)
    district = district_of(Kind.REFRESH, text)
    if district is None or district not in client.districts:
        return None
    outside.store.stand_in(district)
    session = outside.store.families.lock_session_of(digest(text))
    if session is None or not session.lives(outside.now()):
        return None
    return Shown(district_id=district, client_id=session.client_id, claims=None, session=session)


class Revocation(RevocationEndpoint):
    """A client gives a token back: with a refresh token or an access token of a person the whole family ends."""

    CLIENT_AUTH_METHODS = list(ALL_METHODS)  # noqa: RUF012 - the library's shape

    def authenticate_token(self, request: Any, client: Client) -> Shown | None:
        """The token, if it is good and this client's; a replaced refresh token names its family as well."""
        _require_token(request)
        shown = _shown(self.server.outside, request)
        if shown is None:
            return None
        if not shown.check_client(client):
            self._tell_another_s(shown, client)
            raise InvalidGrantError("This token is another client's: that one can give it back.")
        if shown.session_id is None:
            raise OAuth2Error("A machine's access token ends by itself.", status_code=400, error="unsupported_token_type")
        return shown

    def revoke_token(self, token: Shown, request: Any) -> None:  # noqa: ARG002 - the library's
        outside: Outside = self.server.outside
        session_id = token.session_id
        if session_id is not None and outside.store.families.revoke(session_id, outside.now()):
            who = by_person(token.person_id, token.district_id, token.client_id, session_id)
            outside.teller.tell(Act.REVOKE_SESSION, who, Told(subject=Subject.SESSION, object_id=session_id))

    def _tell_another_s(self, shown: Shown, client: Client) -> None:
        who = by_client(client.get_client_id(), shown.district_id)
        said = refused(Why.OF_ANOTHER_CLIENT, Subject.SESSION, shown.session_id)
        self.server.outside.teller.tell(Act.REVOKE_SESSION, who, said)


class Introspection(IntrospectionEndpoint):
    """A client that can keep a secret asks about a token of its own district; of any other there is nothing to know."""

    CLIENT_AUTH_METHODS = list(CONFIDENTIAL_METHODS)  # noqa: RUF012 - the library's shape

    def authenticate_token(self, request: Any, client: Client) -> Shown | None:  # noqa: ARG002 - the library's
        _require_token(request)
        shown = _shown(self.server.outside, request)
        if shown is not None and shown.session is not None and not self._current(request):
            return None
        return shown

    def _current(self, request: Any) -> bool:
        """Whether a refresh token is the one that serves now."""
        held = self.server.outside.store.families.token(digest(request.form["token"]))
        return held is not None and held.replaced_at is None

    def introspect_token(self, token: Shown) -> dict[str, Any]:
        if token.claims is not None:
            known = ("iss", "aud", "sub", "client_id", "scope", "exp", "iat", "jti", "auth_time", "district_id", "sid")
            said = {name: token.claims[name] for name in known if name in token.claims}
            return {"active": True, "token_type": "Bearer", **said}
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
