"""Authlib's grants over our clients, codes and token families."""

from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError, grants
from authlib.oauth2.rfc7636 import CodeChallenge

from api.oauth.audit import AuditEvent, client_actor, denied, id_of, person_actor
from api.oauth.client_authentication import ALL_METHODS, CONFIDENTIAL_METHODS, Client
from api.oauth.dependencies import Dependencies, enter_district
from api.oauth.tokens import Code, TokenSubject
from api.oauth.usable_scopes import usable_scope
from domain.directory.oauth_clients import OFFLINE_ACCESS, RegisteredClient
from domain.oauth.audit_actions import DenialReason, OAuthAction
from domain.oauth.model import ABSOLUTE_TIMEOUT, ACCESS_TOKEN_LIFETIME, CODE_LIFETIME, IDLE_TIMEOUT, IssuedCode, TokenFamily
from domain.oauth.opaque_tokens import OpaqueTokenKind, new_token, token_digest
from domain.oauth.user_agent import device_of
from domain.shared.audit import Ending, Subject
from domain.shared.ids import SessionId

INVALID_CODE = (
    "This code is not valid: it is unknown, was used already, has expired, or belongs to another client. "
    "Send the person to the authorization endpoint again."
)


class RequireS256(CodeChallenge):
    """PKCE with S256 for every client: Authlib requires a verifier of public clients alone, and accepts `plain`."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]  # noqa: RUF012 - the library's declaration

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        sent = grant.request.payload.data
        if not sent.get("code_challenge") or sent.get("code_challenge_method") != "S256":
            raise InvalidRequestError("PKCE is required: send code_challenge, and S256 as code_challenge_method.")
        super().validate_code_challenge(grant, redirect_uri)


class ClientCredentialsGrant(grants.ClientCredentialsGrant):
    """A machine gets a token for itself (RFC 6749 section 4.4)."""

    TOKEN_ENDPOINT_AUTH_METHODS = list(CONFIDENTIAL_METHODS)  # noqa: RUF012 - the library's declaration

    def save_token(self, token: dict[str, Any]) -> None:  # noqa: ARG002 - tokens are not stored
        """Record the token in the audit log. It is not stored, as it is self-contained; each use looks up the client."""
        dependencies: Dependencies = self.server.dependencies
        registered: RegisteredClient = self.request.client.registered
        district_id = registered.districts[0]
        dependencies.store.set_tenant(district_id)
        event = AuditEvent(object_type=Subject.CLIENT, object_id=id_of(registered.client_id))
        dependencies.audit.record(OAuthAction.ISSUE_ACCESS_TOKEN, client_actor(registered.client_id, district_id), event)


class AuthorizationCodeGrant(grants.AuthorizationCodeGrant):
    """A person allows an app; the app exchanges the code for a family of tokens (RFC 6749 section 4.1)."""

    TOKEN_ENDPOINT_AUTH_METHODS = list(ALL_METHODS)  # noqa: RUF012 - the library's declaration

    @property
    def dependencies(self) -> Dependencies:
        """The dependencies of the server."""
        dependencies: Dependencies = self.server.dependencies
        return dependencies

    def generate_authorization_code(self) -> str:
        return new_token(OpaqueTokenKind.CODE, self.request.user.district_id)

    def save_authorization_code(self, code: str, request: Any) -> None:
        """Store the code and record the consent: given now, or remembered (`request.remembered`)."""
        now, sent = self.dependencies.now(), request.payload.data
        issued = IssuedCode(
            sha256=token_digest(code),
            person_id=request.user.person_id,
            client_id=request.client.get_client_id(),
            redirect_uri=sent["redirect_uri"],
            scopes=tuple(request.scope.split()),
            challenge=sent["code_challenge"],
            device=device_of(request.headers.get("User-Agent", "")),
            nonce=sent.get("nonce"),
            auth_time=request.user.auth_time,
            methods=tuple(request.user.methods),
            expires_at=now + CODE_LIFETIME,
        )
        self.dependencies.store.families.add_code(issued, now)
        ending = Ending.REPLAYED if request.remembered else Ending.DONE
        actor = person_actor(issued.person_id, request.user.district_id, issued.client_id)
        event = AuditEvent(object_type=Subject.CLIENT, object_id=id_of(issued.client_id), outcome=ending)
        self.dependencies.audit.record(OAuthAction.GIVE_CONSENT, actor, event)

    def query_authorization_code(self, code: str, client: Client) -> Code:
        """Mark the code as used and return it; a second use revokes the tokens of the first. Raises `InvalidGrantError`."""
        district_id = enter_district(self.dependencies.store, OpaqueTokenKind.CODE, code, client)
        families, now = self.dependencies.store.families, self.dependencies.now()
        issued = None if district_id is None else families.lock_code(token_digest(code))
        if district_id is None or issued is None:
            raise InvalidGrantError(INVALID_CODE)
        actor = client_actor(client.get_client_id(), district_id)
        if issued.client_id != client.get_client_id():
            self.dependencies.audit.record(OAuthAction.BEGIN_SESSION, actor, denied(DenialReason.OF_ANOTHER_CLIENT))
            raise InvalidGrantError(INVALID_CODE)
        if issued.used_at is not None:
            if issued.session_id is not None:
                families.revoke(issued.session_id, now)
            self.dependencies.audit.record(
                OAuthAction.BEGIN_SESSION, actor, denied(DenialReason.CODE_REUSED, Subject.SESSION, issued.session_id)
            )
            raise InvalidGrantError(INVALID_CODE)
        families.use_code(issued.sha256, now)
        # The code is used now, so an error from here on is recorded in the audit log.
        self.request.code_used_by = actor
        if now >= issued.expires_at:
            raise InvalidGrantError(INVALID_CODE)
        return Code(issued, district_id)

    def authenticate_user(self, authorization_code: Code) -> TokenSubject | None:
        """Return the person who allowed the app, if still active."""
        issued = authorization_code.issued
        if self.dependencies.store.families.person(issued.person_id) is None:
            return None
        return TokenSubject(
            district_id=authorization_code.district_id,
            person_id=issued.person_id,
            session_id=SessionId(self.dependencies.new_id()),
            scopes=issued.scopes,
            auth_time=issued.auth_time,
            methods=issued.methods,
            refresh_token=new_token(OpaqueTokenKind.REFRESH, authorization_code.district_id),
        )

    def generate_token(self, user: TokenSubject, scope: str, *, include_refresh_token: bool, **_: Any) -> dict[str, Any]:
        """Issue a refresh token where `offline_access` was requested and granted."""
        offline = include_refresh_token and OFFLINE_ACCESS in scope.split()
        scope = usable_scope(self.dependencies, self.request.client.registered, user, scope)
        token: dict[str, Any] = super().generate_token(user=user, scope=scope, include_refresh_token=offline)
        return token

    def save_token(self, token: dict[str, Any]) -> None:
        """Create the token family; without a refresh token it ends with its one access token."""
        user: TokenSubject = self.request.user
        issued: IssuedCode = self.request.authorization_code.issued
        now, families = self.dependencies.now(), self.dependencies.store.families
        offline = "refresh_token" in token
        session = TokenFamily(
            id=user.session_id,
            person_id=user.person_id,
            client_id=issued.client_id,
            client_name=self.request.client.registered.name,
            device=issued.device,
            # The allowed scopes; the first token of a built-in app may have fewer.
            scopes=tuple((self.request.client.get_allowed_scope(" ".join(issued.scopes)) or "").split()),
            auth_time=issued.auth_time,
            methods=issued.methods,
            created_at=now,
            used_at=now,
            idle_until=now + (IDLE_TIMEOUT if offline else ACCESS_TOKEN_LIFETIME),
            absolute_until=now + (ABSOLUTE_TIMEOUT if offline else ACCESS_TOKEN_LIFETIME),
        )
        families.add_session(session, issued.sha256)
        if offline:
            families.add_token(token_digest(token["refresh_token"]), session.id, now)
        self.request.code_used_by = None
        actor = person_actor(user.person_id, user.district_id, issued.client_id, session.id)
        self.dependencies.audit.record(
            OAuthAction.BEGIN_SESSION, actor, AuditEvent(object_type=Subject.SESSION, object_id=session.id)
        )

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """Keep the code, so that a second use is detected."""
