"""District single sign-on by OpenID Connect: Authlib's Starlette client, with what it leaves to its user.

What it leaves: that the issuer of the metadata is the one configured; that metadata, which becomes arguments of the HTTP
client, holds nothing but what it is for; signatures by public keys alone; the tenant; ``aud``; and a code nobody asked for.
"""

import hashlib
import logging
from collections.abc import Mapping
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuthError, StarletteIntegration, StarletteOAuth2App
from joserfc.errors import JoseError
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.outbound.http_client import TOTAL_SECONDS, BoundedTransport, GuardedTransport
from api.security.encryption import NotOurs, derived_key
from api.sign_in.backchannel_logout import BackChannel
from api.sign_in.cookies import safe_next
from api.sign_in.handlers import Handler, politely
from api.sign_in.oidc_metadata import OidcMetadataCache, UntrustedMetadata, metadata_url, validate_metadata
from api.sign_in.page_builder import Drawer
from api.sign_in.service import Desk
from domain.accounts.commands import SignInFederated
from domain.accounts.identity_provider_commands import FindProvider
from domain.accounts.login import Refused
from domain.accounts.model import Provider
from domain.accounts.provider_presets import PROFILES
from domain.accounts.rules import issuers_of
from domain.accounts.usecases.identity_providers import (
    PROVIDER_SECRETS,
    NobodyHere,
    find_provider,
    sealed_name,
    sign_in_federated,
)
from domain.directory.district_lookup import FindPortalDistricts, FoundDistrict
from domain.directory.usecases.districts_and_clients import find_portal_districts
from domain.shared.secret_box import SecretBox

log = logging.getLogger("evenkeel.signin")

MINUTES = 10
FAILURES = (
    OAuthError,
    AuthlibBaseError,
    JoseError,
    httpx2.HTTPError,
    httpx2.InvalidURL,
    NotOurs,
    ValueError,
    TypeError,
    KeyError,
)


class SignOn:
    """Takes visitors to their district's provider, and back."""

    def __init__(
        self, desk: Desk, secrets: SecretBox, transport: httpx2.AsyncBaseTransport | None, *, loopback: bool = False
    ) -> None:
        self._desk = desk
        self._secrets = secrets
        self._loopback = loopback
        self._transport = BoundedTransport(transport or GuardedTransport(loopback=loopback), loopback=loopback)
        self._metadata_cache = OidcMetadataCache()

    async def begin(self, request: Request) -> Response:
        """To the provider, with a fresh state, nonce and PKCE challenge."""
        district = await self._desk.district(request)
        provider = await self.provider(request, district)
        try:
            app = await self.app(district, provider)
            back = f"{self._desk.public_url}/sign-in/{district.slug}/callback/{provider.code}"
            answer = await app.authorize_redirect(request, back, **_hints(provider))
        except (*FAILURES, RuntimeError) as error:
            return self._failed(request, district, provider, error)
        request.session["next"] = safe_next(request.query_params.get("next"))
        answer.headers["Cache-Control"] = "no-store"
        found: Response = answer
        return found

    async def back(self, request: Request) -> Response:
        """Back from the provider."""
        district = await self._desk.district(request)
        provider = await self.provider(request, district)
        if "state" not in request.query_params and "error" not in request.query_params and PROFILES[provider.kind].stateless:
            # Whose code this is nobody knows: it is not redeemed. Where it came from one is signed in, so this is quick.
            return self._desk.go(f"/sign-in/{district.slug}/with/{provider.code}")
        next_ = safe_next(request.session.get("next"))
        try:
            claims = await self._claims(request, district, provider)
            command = SignInFederated(provider=provider.code, claims=claims, session=self._desk.before(request, district.id))
            got = await self._desk.run(request, sign_in_federated, command, district.id)
        except NobodyHere:
            drawer = Drawer(self._desk, request, district=district)
            log.info("sign_on_nobody", extra={"provider": provider.code})
            return self._desk.show(request, drawer.problem(drawer.say("nobody"), 403))
        except (*FAILURES, RuntimeError, Refused) as error:
            return self._failed(request, district, provider, error)
        finally:
            request.session.clear()
        return self._desk.enter(district, got, next_)

    async def portal(self, request: Request) -> Response:
        """Clever's portal lands everybody's people here: to their district's Clever, which knows them already."""
        districts = await self._desk.run(request, find_portal_districts, FindPortalDistricts(portal="clever"))
        if len(districts) == 1:
            return self._desk.go(f"/sign-in/{districts[0].slug}")
        return self._desk.go("/sign-in")

    async def provider(self, request: Request, district: FoundDistrict) -> Provider:
        """The active provider that the address names. Raises ``NotFound``."""
        command = FindProvider(provider=request.path_params["provider"])
        return await self._desk.run(request, find_provider, command, district.id)

    async def app(self, district: FoundDistrict, provider: Provider) -> StarletteOAuth2App:
        """The client of one provider, with its metadata. Raises one of ``FAILURES``."""
        profile = PROFILES[provider.kind]
        # Named for its district, too: a state made for one provider means nothing at another's callback.
        name = f"{district.id.hex}.{provider.code}"
        secret = self._secrets.open(PROVIDER_SECRETS, sealed_name(district.id, provider.code), provider.secret_sealed)
        app = StarletteOAuth2App(
            StarletteIntegration(name),
            name=name,
            client_id=provider.client_id,
            client_secret=secret.decode(),
            server_metadata_url=metadata_url(provider),
            client_kwargs={
                "scope": profile.scope,
                "code_challenge_method": "S256",
                "transport": self._transport,
                "timeout": TOTAL_SECONDS,
                "follow_redirects": False,
                "trust_env": False,
            },
        )
        app.server_metadata = await self._metadata(app, provider)
        return app

    async def _metadata(self, app: StarletteOAuth2App, provider: Provider) -> dict[str, Any]:
        """The provider's metadata, looked at again every few minutes; its keys are kept in it."""

        async def fetch() -> dict[str, Any]:
            return validate_metadata(await app.load_server_metadata(), provider, loopback=self._loopback)

        held = await self._metadata_cache.get(metadata_url(provider), fetch)
        if held["issuer"] != provider.issuer:
            raise UntrustedMetadata("the metadata is of another issuer")
        return held

    async def _claims(self, request: Request, district: FoundDistrict, provider: Provider) -> Mapping[str, object]:
        """What the verified token claims; of the userinfo only what the token lacks."""
        app = await self.app(district, provider)
        issuers = issuers_of(provider)
        said = request.query_params.get("iss")
        if said is not None and said not in issuers:
            raise UntrustedMetadata("another issuer answers")
        token = await app.authorize_access_token(
            request,
            claims_options={
                "iss": {"essential": True, "values": issuers},
                "aud": {"essential": True, "value": provider.client_id},
                "exp": {"essential": True},
                "nonce": {"essential": True},
            },
            leeway=60,
        )
        claims = token.get("userinfo")
        if not claims:
            raise UntrustedMetadata("there is no ID token")
        return await self._completed(app, token, dict(claims), provider)

    async def _completed(
        self, app: StarletteOAuth2App, token: dict[str, Any], claims: dict[str, Any], provider: Provider
    ) -> dict[str, Any]:
        wanted = {provider.claim, PROFILES[provider.kind].tenant_claim or provider.claim}
        if wanted <= set(claims) or "userinfo_endpoint" not in app.server_metadata:
            return claims
        more = await app.userinfo(token=token)
        if more.get("sub") != claims["sub"]:
            raise UntrustedMetadata("the userinfo is somebody else's")
        return {**{name: more[name] for name in wanted if name in more}, **claims}

    def _failed(self, request: Request, district: FoundDistrict, provider: Provider, error: Exception) -> Response:
        """A page; the log names the kind of failure alone: messages of others hold what they please."""
        log.info("sign_on_failed", extra={"provider": provider.code, "kind": type(error).__name__})
        drawer = Drawer(self._desk, request, district=district)
        return self._desk.show(request, drawer.problem(drawer.say("provider", provider=provider.name), 400))


def _hints(provider: Provider) -> dict[str, str]:
    """What spares people a choice; it proves nothing, the claims are looked at afterwards."""
    tenant = PROFILES[provider.kind].tenant_claim
    if tenant == "hd" and len(provider.tenants) == 1:
        return {"hd": provider.tenants[0]}
    return {"district_id": provider.tenants[0]} if PROFILES[provider.kind].stateless and len(provider.tenants) == 1 else {}


def routes_for(
    desk: Desk, secrets: SecretBox, transport: httpx2.AsyncBaseTransport | None, *, loopback: bool = False
) -> list[BaseRoute]:
    """The routes of single sign-on, the only ones with a session of Starlette's: ten minutes, for state, nonce and PKCE.

    ``loopback``: for development, providers on this machine, over http.
    """
    sign_on = SignOn(desk, secrets, transport, loopback=loopback)
    told = BackChannel(desk, sign_on)
    key = hashlib.sha256(derived_key(desk.secret, "single sign-on")).hexdigest()
    session = Middleware(
        SessionMiddleware,
        secret_key=key,
        session_cookie="evenkeel-sign-on",
        max_age=MINUTES * 60,
        path="/sign-in",
        same_site="lax",
        https_only=desk.public_url.startswith("https://"),
    )

    def route(path: str, handler: Handler) -> Route:
        return Route(path, politely(desk, handler), methods=["GET"], include_in_schema=False, middleware=[session])

    return [
        route("/sign-in/clever", sign_on.portal),
        route("/sign-in/{slug}/with/{provider}", sign_on.begin),
        route("/sign-in/{slug}/callback/{provider}", sign_on.back),
        Route("/sign-in/{slug}/logout/{provider}", told.logout, methods=["POST"], include_in_schema=False),
    ]
