"""A provider's metadata (OpenID Connect Discovery 1.0): validated, and cached for a few minutes."""

import time
from asyncio import Lock
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from weakref import WeakValueDictionary

from cachetools import TTLCache

from api.outbound.http_client import HTTPError, NoResponse
from domain.accounts.identity_provider_commands import is_issuer
from domain.accounts.model import IdentityProvider
from domain.accounts.provider_presets import PROVIDER_PRESETS, TENANT_PLACEHOLDER

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures by a private key. `none` has no signature, and the key of HS256 is the client's secret: no proof."""
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
FRESH_SECONDS = 300.0
RETRY_SECONDS = 10.0
"""Seconds before a provider that failed is requested again: anyone can cause the request."""
MAX_CACHED = 1_000


class UntrustedMetadata(ValueError):
    """The provider's metadata or token is not valid."""


class OidcMetadataCache:
    """Cache of metadata by URL: concurrent calls share one request, and a failed provider is not requested for a while."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._metadata: TTLCache[str, dict[str, Any]] = TTLCache(MAX_CACHED, FRESH_SECONDS, clock)
        self._failed: TTLCache[str, bool] = TTLCache(MAX_CACHED, RETRY_SECONDS, clock)
        self._locks: WeakValueDictionary[str, Lock] = WeakValueDictionary()

    async def get(self, url: str, fetch: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        """Return the metadata at `url`, which `fetch` fetches.

        Raises what `fetch` raises; after an `HTTPError` of it `NoResponse`, at once, for `RETRY_SECONDS`.
        """
        async with self._locks.setdefault(url, Lock()):
            if (cached := self._metadata.get(url)) is not None:
                return cached
            if url in self._failed:
                raise NoResponse("it gave nothing a moment ago")
            try:
                self._metadata[url] = found = await fetch()
            except HTTPError:
                self._failed[url] = True
                raise
            return found


def validate_metadata(metadata: Mapping[str, Any], provider: IdentityProvider, *, loopback: bool = False) -> dict[str, Any]:
    """Return the members of `metadata` that are used; `loopback` allows endpoints of this machine over http.

    Nothing else gets through: the client takes all of it as arguments, so that a document could turn certificates off.
    Raises `UntrustedMetadata`.
    """
    if metadata.get("issuer") != provider.issuer:
        raise UntrustedMetadata("the metadata is of another issuer")
    endpoints = {name: metadata[name] for name in ENDPOINTS if name in metadata}
    if not {"authorization_endpoint", "token_endpoint", "jwks_uri"} <= set(endpoints):
        raise UntrustedMetadata("the metadata lacks an endpoint")
    if not all(isinstance(url, str) and is_endpoint(url, loopback=loopback) for url in endpoints.values()):
        raise UntrustedMetadata("an endpoint is no https URL")
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    algorithms = [name for name in ALGORITHMS if name in offered]
    if not algorithms:
        raise UntrustedMetadata("no signature algorithm with a private key is offered")
    issuer = metadata["issuer"]
    return {**endpoints, "issuer": issuer, "id_token_signing_alg_values_supported": algorithms, "_loaded_at": time.time()}


def is_endpoint(url: str, *, loopback: bool = False) -> bool:
    """Return whether `url` is an https URL; an endpoint may have a query."""
    return is_issuer(url.partition("?")[0], loopback=loopback)


def metadata_url(provider: IdentityProvider) -> str:
    """Return the URL of a provider's metadata document."""
    shared = PROVIDER_PRESETS[provider.kind].metadata
    if shared is not None and TENANT_PLACEHOLDER in provider.issuer:
        return shared
    return f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
