"""An administrator's URL makes us ask the open internet, never our own network: forms, addresses, rebinding, answers."""

import asyncio
import socket
import ssl
import threading
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from api.outbound import public_addresses
from api.outbound.http_client import BoundedTransport, GuardedTransport, NoResponse, RequestBlocked, client
from api.outbound.public_addresses import UrlNotAllowed, check_reachable_url, check_url, is_public, resolve_public

PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.mark.parametrize(
    "url",
    [
        "http://idp.example.org/",
        "ftp://idp.example.org/",
        "file:///etc/passwd",
        "gopher://idp.example.org:443/x",
        "//idp.example.org/",
        "idp.example.org",
        "",
        "https://",
        "https:///x",
        "https://user@idp.example.org/",
        "https://user:word@idp.example.org/",
        "https://idp.example.org@127.0.0.1/",
        "https://@127.0.0.1/",
        "https://idp.example.org:0/",
        "https://idp.example.org:22/",
        "https://idp.example.org:5432/",
        "https://idp.example.org:99999/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://017700000001/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://0x7f.1/",
        "https://010.0.0.1/",
        "https://[::ffff:7f00:1%25eth0]/",
        "https://[::FFFF:127.0.0.1]/x",
        "https://idp.example.org\\@127.0.0.1/",
        "https://idp.example.org /",
        "https://idp.example.org\r\nHost: x/",
        "https://ⓛocalhost/",
        "https://127。0。0。1/",
        "https://" + "a" * 2000 + ".org/",
        "https://-a.example.org/",
        "https://a..example.org/",
    ],
)
def test_a_url_of_another_form_is_refused(url):
    with pytest.raises(UrlNotAllowed):
        check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://idp.example.org/",
        "https://idp.example.org:8443/a?b=c#d",
        "https://8.8.8.8/",
        "https://[2606:4700::1111]/",
        "https://xn--bcher-kva.example/",
    ],
)
def test_an_ordinary_url_is_taken(url):
    assert str(check_url(url)) == url


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104 - refused

        "0.1.2.3", "192.0.0.1", "192.0.0.8", "192.0.0.9", "192.0.0.255", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.88.99.1",
        "::", "::1", "fe80::1", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "::8.8.8.8", "64:ff9b::808:808",
        "64:ff9b:1::1", "2002:7f00:1::", "2002:808:808::1", "2001::1", "2001:0:4136:e378::1", "2001:db8::1", "3fff::1", "100::1", "5f00::1", "4000::1",
        "fe80::1%eth0", "localhost", "",
    ],
)  # fmt: skip
def test_an_address_that_is_not_of_the_open_internet_is_refused(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "172.15.0.1", "172.32.0.1", "2606:4700::1111", "2a00:1450::1"])
def test_an_address_of_the_open_internet_is_asked(address):
    assert is_public(address)


def resolver_of(*addresses):
    """A resolver that tells each of ``addresses`` (a list a time) in turn, the last one for ever."""
    asked = []

    async def resolve(host, _port):
        asked.append(host)
        return addresses[min(len(asked), len(addresses)) - 1]

    resolve.lookups = asked
    return resolve


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["2606:4700::1111", "::1"], []])
async def test_a_name_with_one_address_inside_is_refused(addresses):
    with pytest.raises(UrlNotAllowed):
        await resolve_public(httpx2.URL("https://idp.example.org/"), resolve=resolver_of(addresses))


async def test_who_enters_such_a_url_is_told_where():
    with pytest.raises(UrlNotAllowed) as refusal:
        await check_reachable_url("https://idp.example.org/", "/issuer", resolve=resolver_of(["10.0.0.1"]))
    assert [(e.pointer, e.code) for e in refusal.value.errors] == [("/issuer", "url_not_allowed")]
    assert "10.0.0.1" not in str(refusal.value)
    assert (
        await check_reachable_url("https://idp.example.org/", "/issuer", resolve=resolver_of(["8.8.8.8"]))
        == "https://idp.example.org/"
    )


async def test_a_name_that_cannot_be_resolved_is_refused():
    async def resolve_nothing(_host, _port):
        raise OSError

    with pytest.raises(UrlNotAllowed):
        await resolve_public(httpx2.URL("https://idp.example.org/"), resolve=resolve_nothing)


async def test_who_enters_a_name_waits_no_longer_than_a_name_server_may_take(monkeypatch):
    monkeypatch.setattr(public_addresses, "RESOLVE_SECONDS", 0.01)

    async def never(_host, _port):
        await asyncio.Event().wait()

    async with asyncio.timeout(5):
        with pytest.raises(UrlNotAllowed, match="in time") as refusal:
            await check_reachable_url("https://idp.example.org/", "/jwks_uri", resolve=never)
    assert refusal.value.errors[0].pointer == "/jwks_uri"


async def test_a_name_server_that_is_slow_holds_none_of_the_loops_own_threads(monkeypatch):
    answered, asked = threading.Event(), []

    def slow(host, port, **_more):
        asked.append(threading.current_thread().name)
        answered.wait(5)
        return [(None, None, None, "", ("8.8.8.8", port))]

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    looked = [asyncio.create_task(public_addresses.resolve("slow.example", 443)) for _ in range(40)]
    try:
        assert await asyncio.wait_for(asyncio.to_thread(lambda: "free"), 2) == "free"
    finally:
        answered.set()
    assert await asyncio.gather(*looked) == [["8.8.8.8"]] * 40
    assert all(name.startswith("names") for name in asked)


@asynccontextmanager
async def server(answer, context=None):
    """A server of this machine that takes one request after another; ``answer(writer)`` writes, or bytes are written."""
    asked = []

    async def serve(reader, writer):
        try:
            asked.append(await reader.readuntil(b"\r\n\r\n"))
            await (answer(writer) if callable(answer) else _written(writer, answer))
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    running = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    running.lookups = asked
    running.port = running.sockets[0].getsockname()[1]
    try:
        yield running
    finally:
        running.close()


async def _written(writer, content):
    writer.write(content)
    await writer.drain()


async def got(url, **options):
    """The response through the guard alone."""
    async with client(GuardedTransport(**({"loopback": True} | options))) as http:
        return await http.get(url)


async def read(url, **bounds):
    """The response through the guard, within bounds: as the service sends its requests."""
    async with client(BoundedTransport(GuardedTransport(loopback=True), loopback=True, **bounds)) as http:
        return await http.get(url)


async def test_this_machine_is_asked_only_where_the_installation_says_so():
    async with server(PLAIN) as here:
        assert (await got(f"http://127.0.0.1:{here.port}/")).text == "ok"
        with pytest.raises(RequestBlocked):
            await got(f"http://127.0.0.1:{here.port}/", loopback=False)
        with pytest.raises(RequestBlocked):
            await got(f"https://localhost:{here.port}/", loopback=False)
    assert len(here.lookups) == 1


async def test_development_opens_this_machine_and_no_other_network():
    for address in ("10.0.0.1", "169.254.169.254", "8.8.8.8"):
        with pytest.raises(RequestBlocked):
            await got("http://other.example/", resolve=resolver_of([address]))


async def test_a_name_that_is_rebound_after_it_was_judged_is_not_asked_there():
    """Resolved once for judging and connecting: a second answer is never heard."""
    async with server(PLAIN) as here:
        resolve = resolver_of(["127.0.0.1"], ["10.0.0.1"])
        await got(f"http://rebound.example:{here.port}/", resolve=resolve)
        assert resolve.lookups == ["rebound.example"]
        with pytest.raises(RequestBlocked):
            await got(f"http://rebound.example:{here.port}/", resolve=resolve)
    assert b"Host: rebound.example" in here.lookups[0]
    assert len(here.lookups) == 1


async def test_a_name_entered_well_and_rebound_later_is_refused_when_it_is_asked():
    resolve = resolver_of(["8.8.8.8"], ["127.0.0.1"])
    assert await check_reachable_url("https://idp.example.org/", "/issuer", resolve=resolve)
    with pytest.raises(RequestBlocked):
        await got("https://idp.example.org/", loopback=False, resolve=resolve)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(status):
    async with server(PLAIN) as inside:
        away = f"HTTP/1.1 {status} Away\r\nLocation: http://127.0.0.1:{inside.port}/\r\nContent-Length: 0\r\n\r\n".encode()
        async with server(away) as here:
            transport = BoundedTransport(GuardedTransport(loopback=True), loopback=True)
            async with httpx2.AsyncClient(transport=transport, follow_redirects=True) as http:
                with pytest.raises(NoResponse):
                    await http.get(f"http://127.0.0.1:{here.port}/")
    assert inside.lookups == []


async def test_a_body_that_is_too_long_is_not_read_to_its_end():
    async def endless(writer):
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            await _written(writer, b"400\r\n" + bytes(1024) + b"\r\n")

    async with server(endless) as here:
        with pytest.raises(NoResponse, match="longer"):
            await read(f"http://127.0.0.1:{here.port}/", max_bytes=10_000)
    async with server(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n") as here:
        with pytest.raises(NoResponse, match="longer"):
            await read(f"http://127.0.0.1:{here.port}/")


async def test_a_packed_answer_is_refused_so_no_bomb_goes_off():
    async with server(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok") as here:
        with pytest.raises(NoResponse, match="compressed"):
            await read(f"http://127.0.0.1:{here.port}/")
    assert b"Accept-Encoding: identity" in here.lookups[0]


async def test_a_body_that_drips_ends_in_time():
    async def dripping(writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            await _written(writer, b"x")
            await asyncio.sleep(0.02)

    async with server(dripping) as here:
        begun = asyncio.get_running_loop().time()
        with pytest.raises(NoResponse, match="in time"):
            await read(f"http://127.0.0.1:{here.port}/", seconds=0.3)
        assert asyncio.get_running_loop().time() - begun < 30


async def test_a_server_that_says_nothing_ends_in_time():
    async def silent(_writer):
        await asyncio.sleep(30)

    async with server(silent) as here:
        with pytest.raises(NoResponse, match="in time"):
            await read(f"http://127.0.0.1:{here.port}/", seconds=0.2)


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch):
    async with server(PLAIN) as here, server(PLAIN) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        await got(f"http://127.0.0.1:{here.port}/")
    assert (len(here.lookups), proxy.lookups) == (1, [])


def certified(tmp_path, name):
    """A server's TLS context for ``name``, and a client's that trusts it alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    plain = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pem.write_bytes(plain + made.public_bytes(serialization.Encoding.PEM))
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(pem)
    return serving, ssl.create_default_context(cadata=made.public_bytes(serialization.Encoding.PEM).decode())


async def test_the_certificate_is_checked_against_the_name_and_not_the_address(tmp_path):
    serving, trusting = certified(tmp_path, "idp.example")
    async with server(PLAIN, serving) as here:
        options = {"resolve": resolver_of(["127.0.0.1"]), "verify": trusting}
        assert (await got(f"https://idp.example:{here.port}/", **options)).text == "ok"
        with pytest.raises(httpx2.ConnectError):
            await got(f"https://other.example:{here.port}/", **options)
        async with client(GuardedTransport(loopback=True, **options)) as http:
            await http.get(f"https://idp.example:{here.port}/")
            with pytest.raises(httpx2.ConnectError):  # a connection is never lent to another name of the address
                await http.get(f"https://other.example:{here.port}/")


async def test_authlibs_client_asks_through_it():
    from authlib.integrations.httpx_client import AsyncOAuth2Client

    async with AsyncOAuth2Client("a", "b", transport=GuardedTransport()) as http:
        with pytest.raises(RequestBlocked):
            await http.fetch_token("https://169.254.169.254/token", grant_type="client_credentials")
