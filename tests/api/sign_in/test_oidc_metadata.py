"""A provider is asked about itself now and then, whoever has us ask."""

import asyncio

import httpx2
import pytest

from api.sign_in.oidc_metadata import OidcMetadataCache, UntrustedMetadata


class Provider:
    def __init__(self):
        self.requests, self.up, self.now = 0, True, 0.0
        self.known = OidcMetadataCache(lambda: self.now)

    async def ask(self):
        self.requests += 1
        await asyncio.sleep(0)
        if not self.up:
            raise httpx2.ConnectError("away")
        return {"issuer": "https://login.example.org"}

    async def tried(self, times):
        found = await asyncio.gather(*(self.known.get("https://x", self.ask) for _ in range(times)), return_exceptions=True)
        return sum(isinstance(one, dict) for one in found)


async def test_many_at_once_ask_once():
    provider = Provider()
    assert (await provider.tried(30), provider.requests) == (30, 1)
    provider.now = 301
    assert (await provider.tried(30), provider.requests) == (30, 2)


async def test_a_provider_that_is_down_is_asked_once_in_ten_seconds():
    provider = Provider()
    provider.up = False
    assert (await provider.tried(30), provider.requests) == (0, 1)
    provider.up = True
    assert (await provider.tried(1), provider.requests) == (0, 1)
    provider.now = 10
    assert (await provider.tried(1), provider.requests) == (1, 2)


async def test_a_fault_that_is_ours_to_see_at_once_is_not_remembered():
    provider = Provider()

    async def broken():
        raise UntrustedMetadata

    with pytest.raises(UntrustedMetadata):
        await provider.known.get("https://x", broken)
    assert await provider.tried(1) == 1
