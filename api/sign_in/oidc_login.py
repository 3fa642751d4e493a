"""District single sign-on by OpenID Connect: Authlib's Starlette client, and the checks that it leaves to its user.

These are: the issuer of the metadata is the configured one; of the metadata, which becomes arguments of the HTTP client, only
known members are used; signatures are by public keys alone; the tenant; `aud`; and codes that nobody asked for are refused.
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
from api.security.encryption import DecryptionError, derive_key
from api.sign_in.backchannel_logout import BackchannelLogout
from api.sign_in.cookies import safe_redirect_path
from api.sign_in.handlers import Handler, handle_errors
from api.sign_in.oidc_metadata import OidcMetadataCache, UntrustedMetadata, metadata_url, validate_metadata
from api.sign_in.service import SignInService
from api.web.i18n import N_
from domain.accounts.commands import SignInFederated
from domain.accounts.identity_provider_commands import FindProvider
from domain.accounts.login import LoginFailed
from domain.accounts.model import IdentityProvider
from domain.accounts.provider_presets import PROVIDER_PRESETS
from domain.accounts.rules import issuers_of
from domain.accounts.usecases.identity_providers import (
    PROVIDER_SECRETS,
    NoMatchingPerson,
    find_provider,
    secret_name,
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
    DecryptionError,
    ValueError,
    TypeError,
    KeyError,
)

NO_MATCHING_PERSON = N_(
    "Your district's roster does not say whose account this is. Ask your district's office; they can also give you a "
    "one-time code."
)
PROVIDER_FAILED = N_("%(provider)s did not tell us who you are. Try again, or ask your district's office.")


class OidcLogin:
    """Login at the district's identity provider: the redirect there, and the callback."""

    def __init__(
        self, service: SignInService, secrets: SecretBox, transport: httpx2.AsyncBaseTransport | None, *, loopback: bool = False
    ) -> None:
        self._service = service
        self._secrets = secrets
        self._loopback = loopback
        self._transport = BoundedTransport(transport or GuardedTransport(loopback=loopback), loopback=loopback)
        self._metadata_cache = OidcMetadataCache()

    async def start(self, request: Request) -> Response:
        """Redirect to the provider, with a new state, nonce and PKCE challenge."""
        district = await self._service.district(request)
        provider = await self.provider(request, district)
        try:
            app = await self.app(district, provider)
            back = f"{self._service.public_url}/sign-in/{district.slug}/callback/{provider.code}"
            response: Response = await app.authorize_redirect(request, back, **_login_hints(provider))
        except (*FAILURES, RuntimeError) as error:
            return self._failed(request, district, provider, error)
        request.session["next"] = safe_redirect_path(request.query_params.get("next"))
        response.headers["Cache-Control"] = "no-store"
        return response

    async def callback(self, request: Request) -> Response:
        """Process the provider's response, and sign the person in."""
        district = await self._service.district(request)
        provider = await self.provider(request, district)
        if (
            "state" not in request.query_params
            and "error" not in request.query_params
            and PROVIDER_PRESETS[provider.kind].stateless
        ):
            # No login here requested this code, so it is not redeemed. The person is signed in there, so a new login is quick.
            return self._service.redirect(f"/sign-in/{district.slug}/with/{provider.code}")
        next_ = safe_redirect_path(request.session.get("next"))
        try:
            claims = await self._verify_id_token(request, district, provider)
            command = SignInFederated(
                provider=provider.code, claims=claims, session=self._service.previous_session(request, district.id)
            )
            login = await self._service.run(sign_in_federated, command, district.id)
        except NoMatchingPerson:
            log.info("sso_no_person", extra={"provider": provider.code})
            message = self._service.gettext(NO_MATCHING_PERSON, request)
            return self._service.render(request, "error.html", status=403, district=district, message=message)
        except (*FAILURES, RuntimeError, LoginFailed) as error:
            return self._failed(request, district, provider, error)
        finally:
            request.session.clear()
        return self._service.complete_login(district, login, next_)

    async def portal(self, _request: Request) -> Response:
        """Redirect a person who comes from Clever's portal to their district, where it is the only one that uses Clever."""
        districts = await self._service.run(find_portal_districts, FindPortalDistricts(portal="clever"))
        if len(districts) == 1:
            return self._service.redirect(f"/sign-in/{districts[0].slug}")
        return self._service.redirect("/sign-in")

    async def provider(self, request: Request, district: FoundDistrict) -> IdentityProvider:
        """Return the active provider in the path. Raises `NotFound`."""
        command = FindProvider(provider=request.path_params["provider"])
        return await self._service.run(find_provider, command, district.id)

    async def app(self, district: FoundDistrict, provider: IdentityProvider) -> StarletteOAuth2App:
        """Return the client of one provider, with its metadata. Raises one of `FAILURES`."""
        profile = PROVIDER_PRESETS[provider.kind]
        # The name includes the district: a state for one provider means nothing at another's callback.
        name = f"{district.id.hex}.{provider.code}"
        secret = self._secrets.decrypt(PROVIDER_SECRETS, secret_name(district.id, provider.code), provider.secret_sealed)
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

    async def _metadata(self, app: StarletteOAuth2App, provider: IdentityProvider) -> dict[str, Any]:
        """Return the provider's metadata, cached for a few minutes; Authlib caches the provider's keys in it."""

        async def fetch() -> dict[str, Any]:
            return validate_metadata(await app.load_server_metadata(), provider, loopback=self._loopback)

        metadata = await self._metadata_cache.get(metadata_url(provider), fetch)
        if metadata["issuer"] != provider.issuer:
            raise UntrustedMetadata("the metadata is of another issuer")
        return metadata

    async def _verify_id_token(
        self, request: Request, district: FoundDistrict, provider: IdentityProvider
    ) -> Mapping[str, object]:
        """Return the claims of the verified ID token, completed from the userinfo endpoint. Raises one of `FAILURES`."""
        app = await self.app(district, provider)
        issuers = issuers_of(provider)
        issuer = request.query_params.get("iss")
        if issuer is not None and issuer not in issuers:
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
        return await self._merge_userinfo(app, token, dict(claims), provider)

    async def _merge_userinfo(
        self, app: StarletteOAuth2App, token: dict[str, Any], claims: dict[str, Any], provider: IdentityProvider
    ) -> dict[str, Any]:
        needed = {provider.claim, PROVIDER_PRESETS[provider.kind].tenant_claim or provider.claim}
        if needed <= set(claims) or "userinfo_endpoint" not in app.server_metadata:
            return claims
        more = await app.userinfo(token=token)
        if more.get("sub") != claims["sub"]:
            raise UntrustedMetadata("the userinfo is of another subject")
        return {**{name: more[name] for name in needed if name in more}, **claims}

    def _failed(self, request: Request, district: FoundDistrict, provider: IdentityProvider, error: Exception) -> Response:
        """Return the page after a failure. Logs only its type: messages of other servers may contain anything."""
        log.info("sso_failed", extra={"provider": provider.code, "kind": type(error).__name__})
        message = self._service.gettext(PROVIDER_FAILED, request, provider=provider.name)
        return self._service.render(request, "error.html", status=400, district=district, message=message)


def _login_hints(provider: IdentityProvider) -> dict[str, str]:
    """Parameters that spare people a choice at the provider; the claims are checked afterwards all the same."""
    tenant = PROVIDER_PRESETS[provider.kind].tenant_claim
    if tenant == "hd" and len(provider.tenants) == 1:
        return {"hd": provider.tenants[0]}
    return (
        {"district_id": provider.tenants[0]} if PROVIDER_PRESETS[provider.kind].stateless and len(provider.tenants) == 1 else {}
    )


def oidc_routes(
    service: SignInService, secrets: SecretBox, transport: httpx2.AsyncBaseTransport | None, *, loopback: bool = False
) -> list[BaseRoute]:
    """Return the routes of single sign-on. They alone have a Starlette session: ten minutes, for state, nonce and PKCE.

    `loopback`: for development, providers on this machine over http.
    """
    login = OidcLogin(service, secrets, transport, loopback=loopback)
    logout = BackchannelLogout(service, login)
    key = hashlib.sha256(derive_key(service.secret, "single sign-on")).hexdigest()
    session = Middleware(
        SessionMiddleware,
        secret_key=key,
        session_cookie="evenkeel-sign-on",
        max_age=MINUTES * 60,
        path="/sign-in",
        same_site="lax",
        https_only=service.public_url.startswith("https://"),
    )

    def route(path: str, handler: Handler) -> Route:
        return Route(path, handle_errors(service, handler), methods=["GET"], include_in_schema=False, middleware=[session])

    return [
        route("/sign-in/clever", login.portal),
        route("/sign-in/{slug}/with/{provider}", login.start),
        route("/sign-in/{slug}/callback/{provider}", login.callback),
        Route("/sign-in/{slug}/logout/{provider}", logout.post, methods=["POST"], include_in_schema=False),
    ]
