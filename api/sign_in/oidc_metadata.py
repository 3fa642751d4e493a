"""What a provider's metadata say (OpenID Connect Discovery 1.0), as far as they are trusted."""

import time
from asyncio import Lock
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from api.outbound.response_limits import NotAnswered, Unreachable
from domain.accounts.identity_provider_commands import is_issuer
from domain.accounts.model import Provider
from domain.accounts.provider_presets import PROFILES, TENANT_PLACE

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures by a private key. ``none`` has none, and of HS256 the key is the client's secret, which is no provider's proof."""
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")


FRESH_SECONDS = 300.0
AGAIN_SECONDS = 10.0
"""How soon a provider is asked again that gave nothing: anybody can have us ask."""


class Untrusted(ValueError):
    """The provider's answer is not what it must be."""


class MetadataKnown:
    """What providers say of themselves, by its address: asked for by one at a time, and looked at again every few minutes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[str, tuple[float, dict[str, Any]]] = {}
        self._failed: dict[str, float] = {}
        self._turns: dict[str, Lock] = {}

    async def of(self, url: str, ask: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        """What ``url`` says; ``ask`` has it. Raises what ``ask`` raises, and ``NotAnswered`` at once for a while after that."""
        async with self._turns.setdefault(url, Lock()):
            at, held = self._known.get(url, (float("-inf"), {}))
            if self._clock() - at <= FRESH_SECONDS:
                return held
            if self._clock() - self._failed.get(url, float("-inf")) < AGAIN_SECONDS:
                raise NotAnswered("it gave nothing a moment ago")
            try:
                held = await ask()
            except Unreachable:
                self._failed[url] = self._clock()
                raise
            self._known[url] = self._clock(), held
            return held


def trusted(metadata: Mapping[str, Any], provider: Provider, *, loopback: bool = False) -> dict[str, Any]:
    """The part of a provider's metadata that we use; ``loopback``: endpoints of this machine may be http. Raises ``Untrusted``.

    Nothing else gets through: the client takes all of it as arguments, so that a document could turn certificates off.
    """
    if metadata.get("issuer") != provider.issuer:
        raise Untrusted("the metadata is of another issuer")
    found = {name: metadata[name] for name in ENDPOINTS if name in metadata}
    if not {"authorization_endpoint", "token_endpoint", "jwks_uri"} <= set(found):
        raise Untrusted("the metadata lacks an endpoint")
    if not all(isinstance(url, str) and is_endpoint(url, loopback=loopback) for url in found.values()):
        raise Untrusted("an endpoint is no https URL")
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    algorithms = [name for name in ALGORITHMS if name in offered]
    if not algorithms:
        raise Untrusted("no signature that proves anything is offered")
    issuer = metadata["issuer"]
    return {**found, "issuer": issuer, "id_token_signing_alg_values_supported": algorithms, "_loaded_at": time.time()}


def is_endpoint(url: str, *, loopback: bool = False) -> bool:
    """Whether ``url`` is an https URL; an endpoint may have a query."""
    return is_issuer(url.partition("?")[0], loopback=loopback)


def metadata_url(provider: Provider) -> str:
    """Where a provider's document is."""
    held = PROFILES[provider.kind].metadata
    if held is not None and TENANT_PLACE in provider.issuer:
        return held
    return f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
