"""Letters: one line a header, a folder that only its owner reads, and no password in the clear."""

import asyncio

import pytest

from api.outbound.mail import FolderMail, SmtpMail, build_message, mailer_from_url
from api.settings import Misconfigured


async def test_a_letter_in_a_folder_is_its_owner_s_alone(tmp_path):
    mail = mailer_from_url(f"file://{tmp_path}/a%20b", "evenkeel@example.org")
    assert isinstance(mail, FolderMail)
    await mail.send(to="ada@example.org", subject="¡Hola!", text="Buenos días\n")
    [kept] = (tmp_path / "a b").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "a b").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("bad", ["ada@example.org\r\nBcc: all@example.org", "ada@example.org\nX: y"])
def test_a_header_holds_one_line(bad):
    with pytest.raises(ValueError, match=r"header|newline|linefeed"):
        build_message("evenkeel@example.org", bad, "subject", "text")
    with pytest.raises(ValueError, match=r"header|newline|linefeed"):
        build_message("evenkeel@example.org", "ada@example.org", bad, "text")


@pytest.mark.parametrize(
    ("url", "tls", "port"),
    [("smtp+tls://u%40x:p%2F@mail.example", "starttls", 587), ("smtps://mail.example:1465", "tls", 1465)],
)
def test_a_server_is_spoken_to_as_its_url_says(url, tls, port):
    mail = mailer_from_url(url, "evenkeel@example.org")
    assert isinstance(mail, SmtpMail)
    assert (mail.host, mail.tls, mail.port) == ("mail.example", tls, port)
    if "@" in url:
        assert (mail.username, mail.password) == ("u@x", "p/")


@pytest.mark.parametrize("url", ["smtp://u:secret-1@mail.example", "http://mail.example", "smtp://", "file://", "smtp://h:x"])
def test_a_way_that_can_not_be_gone_is_refused_without_repeating_it(url):
    with pytest.raises(Misconfigured) as refused:
        mailer_from_url(url, "evenkeel@example.org")
    assert "secret-1" not in str(refused.value)


async def test_a_letter_goes_over_smtp():
    got = []

    async def serve(reader, writer):
        async def send_line(line):
            writer.write(line + b"\r\n")
            await writer.drain()

        await send_line(b"220 mail")
        while line := (await reader.readline()).rstrip():
            got.append(line)
            if line == b"DATA":
                await send_line(b"354 go on")
                while (part := await reader.readline()) != b".\r\n":
                    got.append(part.rstrip())
                await send_line(b"250 taken")
            elif line == b"QUIT":
                await send_line(b"221 bye")
                break
            else:
                await send_line(b"250 ok")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        mail = mailer_from_url(f"smtp://127.0.0.1:{port}", "evenkeel@example.org")
        await mail.send(to="ada@example.org", subject="Hello", text="A letter\n")
    assert b"RCPT TO:<ada@example.org>" in got
    assert b"A letter" in got
