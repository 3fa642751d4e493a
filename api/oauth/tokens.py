"""Access tokens (RFC 9068) and ID tokens (OpenID Connect Core)."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from joserfc.jwk import KeySet

from api.oauth.client_authentication import Client
from api.security.bearer_tokens import ALGORITHM
from domain.oauth.model import ACCESS_TOKEN_LIFETIME, IssuedCode
from domain.shared.ids import DistrictId, PersonId, SessionId


class SigningKeys(Protocol):
    """Where the signing key is found."""

    @property
    def current(self) -> KeySet:
        """Exactly one private key."""
        ...


@dataclass(frozen=True, kw_only=True)
class TokenSubject:
    """The person whom tokens are issued to; `refresh_token` is issued where one is due."""

    district_id: DistrictId
    person_id: PersonId
    session_id: SessionId
    scopes: tuple[str, ...]
    auth_time: datetime
    methods: tuple[str, ...]
    refresh_token: str

    def get_user_id(self) -> str:
        """Required by Authlib."""
        return str(self.person_id)


class AccessTokens(JWTBearerTokenGenerator):
    """Access tokens as JWT (RFC 9068) with our audience and lifetime instead of the library's.

    `keys` has the signing key, read when a token is made.
    """

    def __init__(self, *, public_url: str, seconds: int, keys: SigningKeys) -> None:
        super().__init__(
            issuer=public_url,
            alg=ALGORITHM,
            refresh_token_generator=lambda user, **_: user.refresh_token,
            expires_generator=lambda _client, grant: (
                seconds if grant == "client_credentials" else int(ACCESS_TOKEN_LIFETIME.total_seconds())
            ),
        )
        self._keys = keys
        self._audience = f"{public_url}/v1"

    def get_jwks(self) -> KeySet:
        return self._keys.current

    def get_audiences(self, client: Client, user: Any, scope: str) -> str:  # noqa: ARG002 - the library's signature
        return self._audience

    def get_auth_time(self, user: TokenSubject | None) -> int | None:
        return None if user is None else int(user.auth_time.timestamp())

    def get_extra_claims(self, client: Client, _grant: str, user: TokenSubject | None, _scope: str) -> dict[str, str]:
        """Return the claims about the token's subject. Permissions are looked up at each use, by client id or `sid`."""
        if user is not None:
            return {"district_id": str(user.district_id), "sid": str(user.session_id)}
        found = client.registered
        return {} if found is None else {"district_id": str(found.home_district), "origin": found.origin}


class Code:
    """An authorization code in the form that Authlib needs."""

    def __init__(self, issued: IssuedCode, district_id: DistrictId) -> None:
        self.issued = issued
        self.district_id = district_id
        self.code_challenge = issued.challenge
        self.code_challenge_method = "S256"

    def get_redirect_uri(self) -> str:
        return self.issued.redirect_uri

    def get_scope(self) -> str:
        return " ".join(self.issued.scopes)

    def get_nonce(self) -> str | None:
        return self.issued.nonce

    def get_auth_time(self) -> int:
        return int(self.issued.auth_time.timestamp())

    def get_acr(self) -> None:
        """Return None: authentication levels are not distinguished."""

    def get_amr(self) -> list[str]:
        return list(self.issued.methods)


class IdTokens(OpenIDCode):
    """An ID token beside the access token, where `openid` was granted."""

    def __init__(self, public_url: str, tokens: AccessTokens) -> None:
        super().__init__(require_nonce=False)
        self._public_url = public_url
        self._tokens = tokens

    def exists_nonce(self, nonce: str, request: Any) -> bool:  # noqa: ARG002 - a nonce is the client's to compare
        return False

    def resolve_client_private_key(self, client: Client) -> KeySet:  # noqa: ARG002 - one key for all
        return self._tokens.get_jwks()

    def get_client_algorithm(self, client: Client) -> str:  # noqa: ARG002 - one algorithm for all
        return ALGORITHM

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        until = int(time.time() + ACCESS_TOKEN_LIFETIME.total_seconds())
        return {"iss": self._public_url, "aud": client.get_client_id(), "exp": until}

    def generate_user_info(self, user: TokenSubject, scope: str) -> UserInfo:  # noqa: ARG002 - names are userinfo's to give
        return UserInfo(sub=str(user.person_id), sid=str(user.session_id))
