"""The library's grants over our clients, codes and families."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, ClientCredentialsGrant, RefreshTokenGrant
from authlib.oauth2.rfc7636 import CodeChallenge

from api.oauth.clients import ALL_METHODS, CONFIDENTIAL_METHODS, Client
from api.oauth.ports import OAuthStore
from api.oauth.tokens import Code, Holder
from domain.authorization.devices import device_of
from domain.authorization.model import ABSOLUTE, ACCESS_LIVES, CODE_LIVES, IDLE, IssuedCode, RefreshToken, Session
from domain.authorization.opaque import Kind, digest, district_of, fresh, successor
from domain.authorization.rotation import Fate, fate
from domain.directory.clients import OFFLINE
from domain.shared.ids import DistrictId, SessionId


@dataclass(frozen=True, kw_only=True)
class Outside:
    """What the grants reach beyond the request: the register, the clock, new ids, and the key that successors come from."""

    store: OAuthStore
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]
    successor_key: bytes


class RequireS256(CodeChallenge):
    """PKCE for everybody, and S256 alone: the library only insists on a verifier for public clients, and takes ``plain``."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]  # noqa: RUF012 - the library's shape

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        sent = grant.request.payload.data
        if not sent.get("code_challenge") or sent.get("code_challenge_method") != "S256":
            raise InvalidRequestError("PKCE is required: send code_challenge, and S256 as code_challenge_method.")
        super().validate_code_challenge(grant, redirect_uri)


class MachineGrant(ClientCredentialsGrant):
    """A machine asks for itself."""

    TOKEN_ENDPOINT_AUTH_METHODS = list(CONFIDENTIAL_METHODS)  # noqa: RUF012 - the library's shape


class CodeGrant(AuthorizationCodeGrant):
    """A person lets an app in; the app exchanges the code for a family of tokens."""

    TOKEN_ENDPOINT_AUTH_METHODS = list(ALL_METHODS)  # noqa: RUF012 - the library's shape

    @property
    def outside(self) -> Outside:
        """What the server was made with."""
        found: Outside = self.server.outside
        return found

    def generate_authorization_code(self) -> str:
        return fresh(Kind.CODE, self.request.user.district_id)

    def save_authorization_code(self, code: str, request: Any) -> None:
        """Keep the code. ``request.user`` is who signed in, ``request.device`` what with."""
        now, sent = self.outside.now(), request.payload.data
        issued = IssuedCode(
            sha256=digest(code),
            person_id=request.user.person_id,
            client_id=request.client.get_client_id(),
            redirect_uri=sent["redirect_uri"],
            scopes=tuple(request.scope.split()),
            challenge=sent["code_challenge"],
            device=device_of(request.headers.get("User-Agent", "")),
            nonce=sent.get("nonce"),
            auth_time=request.user.auth_time,
            methods=tuple(request.user.methods),
            expires_at=now + CODE_LIVES,
        )
        self.outside.store.families.add_code(issued, now)

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        """The code, which is tried once; a second time ends what the first began."""
        district_id = _entered(self.outside.store, Kind.CODE, code, client)
        if district_id is None:
            return None
        families, now = self.outside.store.families, self.outside.now()
        issued = families.lock_code(digest(code))
        if issued is None or issued.client_id != client.get_client_id():
            return None
        if issued.used_at is not None:
            if issued.session_id is not None:
                families.revoke(issued.session_id, now)
            return None
        families.use_code(issued.sha256, now)
        return Code(issued, district_id) if now < issued.expires_at else None

    def authenticate_user(self, authorization_code: Code) -> Holder | None:
        """Whoever let the app in, if still active."""
        issued = authorization_code.issued
        if self.outside.store.families.person(issued.person_id) is None:
            return None
        return Holder(
            district_id=authorization_code.district_id,
            person_id=issued.person_id,
            session_id=SessionId(self.outside.new_id()),
            scopes=issued.scopes,
            auth_time=issued.auth_time,
            methods=issued.methods,
            refresh_token=fresh(Kind.REFRESH, authorization_code.district_id),
        )

    def generate_token(self, user: Holder, scope: str, *, include_refresh_token: bool, **_: Any) -> dict[str, Any]:
        """A refresh token goes out where it was asked for by ``offline_access``, and granted."""
        offline = include_refresh_token and OFFLINE in scope.split()
        token: dict[str, Any] = super().generate_token(user=user, scope=scope, include_refresh_token=offline)
        return token

    def save_token(self, token: dict[str, Any]) -> None:
        """Begin the family; without a refresh token it ends with its one access token."""
        user: Holder = self.request.user
        issued: IssuedCode = self.request.authorization_code.issued
        now, families = self.outside.now(), self.outside.store.families
        offline = "refresh_token" in token
        session = Session(
            id=user.session_id,
            person_id=user.person_id,
            client_id=issued.client_id,
            client_name=self.request.client.registered.name,
            device=issued.device,
            scopes=tuple(token["scope"].split()),
            auth_time=issued.auth_time,
            methods=issued.methods,
            created_at=now,
            used_at=now,
            idle_until=now + (IDLE if offline else ACCESS_LIVES),
            absolute_until=now + (ABSOLUTE if offline else ACCESS_LIVES),
        )
        families.add_session(session, issued.sha256)
        if offline:
            families.add_token(digest(token["refresh_token"]), session.id, now)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """Kept: a second use must be seen as one."""


@dataclass(frozen=True, kw_only=True)
class Presented:
    """A refresh token that somebody presents, as the library wants it."""

    holder: Holder
    session: Session
    token: RefreshToken
    fate: Fate

    def check_client(self, client: Client) -> bool:
        """Whether it is this client's."""
        return self.session.client_id == client.get_client_id()

    def get_scope(self) -> str:
        """What was granted, however narrow the last token was."""
        return " ".join(self.session.scopes)


class RotatingGrant(RefreshTokenGrant):
    """Every refresh token serves once; its successor follows from it, so that an answer that was lost can be given again."""

    TOKEN_ENDPOINT_AUTH_METHODS = list(ALL_METHODS)  # noqa: RUF012 - the library's shape
    INCLUDE_NEW_REFRESH_TOKEN = True

    @property
    def outside(self) -> Outside:
        """What the server was made with."""
        found: Outside = self.server.outside
        return found

    def authenticate_refresh_token(self, refresh_token: str) -> Presented | None:
        """What is presented, if it is good; one that is in two hands ends its family (which commits, beside the refusal)."""
        client: Client = self.request.client
        store, now = self.outside.store, self.outside.now()
        district_id = _entered(store, Kind.REFRESH, refresh_token, client)
        session = None if district_id is None else store.families.lock_session_of(digest(refresh_token))
        token = None if session is None else store.families.token(digest(refresh_token))
        if district_id is None or session is None or token is None or session.client_id != client.get_client_id():
            return None
        next_one = successor(self.outside.successor_key, refresh_token, district_id)
        decided = fate(session, token, store.families.token(digest(next_one)), now)
        if decided is Fate.REVOKE:
            store.families.revoke(session.id, now)
        if decided in {Fate.REVOKE, Fate.REFUSE} or store.families.person(session.person_id) is None:
            return None
        holder = Holder(
            district_id=district_id,
            person_id=session.person_id,
            session_id=session.id,
            scopes=session.scopes,
            auth_time=session.auth_time,
            methods=session.methods,
            refresh_token=next_one,
        )
        return Presented(holder=holder, session=session, token=token, fate=decided)

    def authenticate_user(self, refresh_token: Presented) -> Holder:
        return refresh_token.holder

    def save_token(self, token: dict[str, Any]) -> None:
        """Keep the successor, and the family alive; one given again is kept already."""
        presented: Presented = self.request.refresh_token
        session, families, now = presented.session, self.outside.store.families, self.outside.now()
        if presented.fate is Fate.ROTATE:
            families.add_token(digest(token["refresh_token"]), session.id, now)
            families.use_session(session.id, now, min(now + IDLE, session.absolute_until))

    def revoke_old_credential(self, refresh_token: Presented) -> None:
        """It was replaced; kept, so that it gives itself away when it comes back."""
        if refresh_token.fate is Fate.ROTATE:
            self.outside.store.families.replace_token(refresh_token.token.sha256, self.outside.now())


def _entered(store: OAuthStore, kind: Kind, text: str, client: Client) -> DistrictId | None:
    """The district that ``text`` names, which the transaction stands in from here on; None where the client has no business."""
    district_id = district_of(kind, text)
    if district_id is None or client.registered is None or district_id not in client.registered.districts:
        return None
    store.stand_in(district_id)
    return district_id
