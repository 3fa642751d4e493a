"""A provider on this machine, over http: where the installation says so, and nowhere else."""

import httpx2
import pytest

from api.outbound.http_client import BoundedTransport, NoResponse
from api.sign_in.oidc_metadata import UntrustedMetadata, validate_metadata
from domain.accounts.identity_provider_commands import PutIdentityProvider
from domain.accounts.model import ProviderKind
from domain.shared.errors import Invalid
from tests.domain.accounts.test_rules import provider
from tests.support.fake_oidc_provider import FakeProvider
from tests.support.sign_in import start_sign_in_app
from tests.support.sign_in_with_provider import ProviderSignIn

HERE = ("http://127.0.0.1:9000/", "http://127.9.9.9/", "http://[::1]:9000/", "http://localhost:9000/")
ELSEWHERE = (
    *("http://10.0.0.1/", "http://8.8.8.8/", "http://169.254.169.254/", "http://login.example.net/", "http://0.0.0.0/"),
    *("http://localhost.example.net/", "http://127.0.0.1.example.net/", "http://[::ffff:10.0.0.1]/", "http://2130706433/"),
    "ftp://127.0.0.1/",
)


class Answers(httpx2.AsyncBaseTransport):
    async def handle_async_request(self, _request):
        return httpx2.Response(200, stream=httpx2.ByteStream(b"ok"))


async def status_of(url, *, loopback):
    return (await BoundedTransport(Answers(), loopback=loopback).handle_async_request(httpx2.Request("GET", url))).status_code


@pytest.mark.parametrize("url", HERE)
async def test_this_machine_is_asked_over_http_where_the_installation_says_so(url):
    assert await status_of(url, loopback=True) == 200
    with pytest.raises(NoResponse):
        await status_of(url, loopback=False)


@pytest.mark.parametrize("url", ELSEWHERE)
async def test_no_other_host_is_asked_over_http_even_so(url):
    with pytest.raises(NoResponse):
        await status_of(url, loopback=True)


@pytest.mark.parametrize("url", ELSEWHERE)
def test_nor_is_it_an_issuer_or_an_endpoint(url):
    with pytest.raises(Invalid):
        PutIdentityProvider(
            code="x", kind=ProviderKind.OIDC, name="X", client_id="x", client_secret="x", issuer=url.rstrip("/")
        )
    issuer = "http://127.0.0.1:9000"
    metadata = dict.fromkeys(("authorization_endpoint", "token_endpoint", "jwks_uri"), f"{issuer}/x") | {"issuer": issuer}
    here = provider("oidc", issuer)
    assert validate_metadata(metadata, here, loopback=True)
    with pytest.raises(UntrustedMetadata):
        validate_metadata(metadata, here)
    with pytest.raises(UntrustedMetadata):
        validate_metadata(metadata | {"jwks_uri": url}, here, loopback=True)


async def test_single_sign_on_by_a_provider_on_this_machine(database):
    fake = FakeProvider("http://127.0.0.1:9000")
    fake.base = fake.issuer
    async with start_sign_in_app(database, outbound=fake, outbound_loopback=True) as sign_in_app:
        provider_sign_in = ProviderSignIn(sign_in_app, fake)
        await provider_sign_in.configure(issuer=fake.issuer)
        ada = await sign_in_app.person(identifier="E-100")
        fake.claims = {"sub": "subject-1", "employee_id": "E-100"}
        assert (await sign_in_app.current_user(await provider_sign_in.through())).person_id == ada
