"""Mail: over SMTP, or into a folder where an operator (or a test) finds it."""

import asyncio
import os
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import aiosmtplib

from api.settings import Misconfigured, Settings

SECONDS = 20.0


class Mail(Protocol):
    """Sends mail. Raises `OSError` or `aiosmtplib.SMTPException` when it cannot."""

    async def send(self, *, to: str, subject: str, text: str) -> None:
        """Send a message in plain text."""
        ...


def build_message(sender: str, to: str, subject: str, text: str) -> EmailMessage:
    """Return a message in plain text. Raises `ValueError` for an address or a subject of more than one line."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"], message["Message-ID"] = format_datetime(datetime.now(UTC)), make_msgid(domain="evenkeel.invalid")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


class NoMail:
    """For an installation without mail: sending raises `ConnectionRefusedError`."""

    async def send(self, *, to: str, subject: str, text: str) -> None:  # noqa: ARG002 - the port's
        """Raise `ConnectionRefusedError`."""
        raise ConnectionRefusedError("no mail can be sent: set MAIL_URL")


@dataclass(frozen=True, kw_only=True)
class FolderMail:
    """Writes each message to a file that only its owner can read."""

    folder: Path
    sender: str

    async def send(self, *, to: str, subject: str, text: str) -> None:
        """Write the file."""
        content = build_message(self.sender, to, subject, text).as_bytes()
        await asyncio.to_thread(self._write, content)

    def _write(self, content: bytes) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / f"{uuid4()}.eml"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)


@dataclass(frozen=True, kw_only=True)
class SmtpMail:
    """Sends over an SMTP server; `tls`: `tls` (from the first byte), `starttls` or `none`."""

    host: str
    port: int
    sender: str
    tls: str
    username: str | None = None
    password: str | None = None

    async def send(self, *, to: str, subject: str, text: str) -> None:
        """Hand the message over to the server."""
        context = ssl.create_default_context() if self.tls != "none" else None
        await aiosmtplib.send(
            build_message(self.sender, to, subject, text),
            hostname=self.host,
            port=self.port,
            username=self.username,
            password=self.password,
            use_tls=self.tls == "tls",
            start_tls=self.tls == "starttls",
            tls_context=context,
            timeout=SECONDS,
        )


def mailer_from_settings(settings: Settings) -> Mail:
    """Return the mailer for MAIL_URL; without it, one that writes to DATA/mail."""
    if settings.mail_url is None:
        return FolderMail(folder=settings.data.resolve() / "mail", sender=settings.mail_from)
    return mailer_from_url(settings.mail_url.get_secret_value(), settings.mail_from)


TLS = {"smtp": ("none", 25), "smtp+tls": ("starttls", 587), "smtps": ("tls", 465)}


def mailer_from_url(url: str, sender: str) -> Mail:
    """Return the mailer for `url` (see MAIL_URL). Raises `Misconfigured` without naming the URL, which may hold a password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Misconfigured("MAIL_URL: give smtp+tls://user:password@host:587 or file:///folder") from None
    if parts.scheme == "file" and parts.path:
        return FolderMail(folder=Path(unquote(parts.path)), sender=sender)
    if parts.scheme not in TLS or not parts.hostname:
        raise Misconfigured("MAIL_URL: give smtp+tls://user:password@host:587 or file:///folder")
    tls, default_port = TLS[parts.scheme]
    if tls == "none" and parts.password:
        raise Misconfigured("MAIL_URL: the password would be sent in clear; use smtp+tls:// or smtps://")
    return SmtpMail(
        host=parts.hostname,
        port=port or default_port,
        sender=sender,
        tls=tls,
        username=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
    )
