"""A fake identity provider (OpenID Connect) behind httpx2: discovery, keys, token and userinfo, honest or not."""

import base64
import hashlib
import json
import time
from urllib.parse import parse_qs, urlsplit

import httpx2
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

KEY = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"}, private=True)
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"}, private=True)
EC_KEY = ECKey.generate_key("P-256", {"kid": "k2", "use": "sig"}, private=True)


def unsigned(claims) -> str:
    """A token with ``alg: none``."""
    parts = [base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in ({"alg": "none"}, claims)]
    return ".".join([*parts, ""])


class FakeProvider(httpx2.AsyncBaseTransport):
    """Plays one issuer. ``claims`` go into its tokens; ``twist`` changes the token before it is answered."""

    def __init__(self, issuer="https://login.example.net", metadata_url=None) -> None:
        self.issuer = issuer
        self.metadata_url = metadata_url or f"{issuer}/.well-known/openid-configuration"
        self.base = f"https://{urlsplit(issuer).hostname}"
        self.claims = {"sub": "subject-1"}
        self.userinfo = None
        self.metadata_twist = {}
        self.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": "k1"}, claims, KEY)
        self.twist = lambda claims: claims
        self.requested_urls, self.codes = [], {}

    def logout_token(self, now, sign=None, header=(), without=(), **claims) -> str:
        """A logout token (Back-Channel Logout 1.0, 2.4) of ``now``, seconds."""
        said = {"iss": self.issuer, "aud": "evenkeel", "iat": now, "exp": now + 120, "jti": "j1", "sub": "subject-1"}
        said |= {"events": {"http://schemas.openid.net/event/backchannel-logout": {}}} | claims
        said = {name: value for name, value in said.items() if name not in without}
        sign = sign or (lambda c: jwt.encode({"alg": "RS256", "kid": "k1", "typ": "logout+jwt"} | dict(header), c, KEY))
        return sign(said)

    def authorize(self, location: str) -> dict:
        """What a person's agreement gives: the parameters of the redirect back."""
        parts = urlsplit(location)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.base}/authorize"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    async def handle_async_request(self, request):
        url = str(request.url)
        self.requested_urls.append(url)
        body = (await request.aread()).decode()
        if url == self.metadata_url:
            return self._json(self._metadata())
        path = urlsplit(url).path
        if path == "/jwks":
            return self._json({"keys": [KEY.as_dict(private=False), EC_KEY.as_dict(private=False)]})
        if path == "/token":
            return self._token({name: values[0] for name, values in parse_qs(body).items()})
        if path == "/userinfo" and self.userinfo is not None:
            assert request.headers["authorization"] == "Bearer opaque"
            return self._json(self.userinfo)
        return httpx2.Response(404, text="no")

    def _metadata(self):
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.base}/authorize",
            "token_endpoint": f"{self.base}/token",
            "jwks_uri": f"{self.base}/jwks",
            "userinfo_endpoint": f"{self.base}/userinfo",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        } | self.metadata_twist

    def _token(self, form):
        asked = self.codes.pop(form.get("code"), None)
        if asked is None or asked["redirect_uri"] != form.get("redirect_uri"):
            return self._json({"error": "invalid_grant"}, 400)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if challenge != asked["code_challenge"]:
            return self._json({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": asked["client_id"], "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims = self.twist(claims | self.claims)
        return self._json({"access_token": "opaque", "token_type": "Bearer", "id_token": self.sign(claims)})

    @staticmethod
    def _json(body, status=200):
        return httpx2.Response(
            status, headers={"content-type": "application/json"}, stream=BodyStream(json.dumps(body).encode())
        )


class BodyStream(httpx2.AsyncByteStream):
    """A body as a network gives it."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self):
        yield self._body

    async def aclose(self) -> None: ...


def with_secret(secret: str):
    """Signs with the client's secret, which is no proof of a provider's."""
    return lambda claims: jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret), algorithms=["HS256"])


def with_other_key(claims):
    return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, OTHER_KEY)
