"""Authenticator apps: time-based one-time passwords (RFC 6238), their seeds encrypted."""

import hmac
import io
from datetime import datetime

import pyotp
import segno
from markupsafe import Markup

from domain.shared.ids import PersonId
from domain.shared.secret_box import SecretBox

PURPOSE = "authenticator seeds"
STEP_SECONDS = 30


class Totp:
    """Implements `domain.accounts.ports.Authenticators`."""

    def __init__(self, box: SecretBox) -> None:
        self._box = box

    def new_seed(self, person_id: PersonId) -> bytes:
        """Return a new seed of 160 bits, encrypted."""
        return self._box.encrypt(PURPOSE, str(person_id), pyotp.random_base32(32).encode())

    def provisioning_uri(self, person_id: PersonId, encrypted_seed: bytes, label: str) -> str:
        """Return the provisioning URI, which the app scans."""
        return self._of(person_id, encrypted_seed).provisioning_uri(name=label, issuer_name="Evenkeel")

    def matching_step(self, person_id: PersonId, encrypted_seed: bytes, code: str, now: datetime) -> int | None:
        """Return the time step of `code`: that of `now`, the one before or the one after; None when it is none of them."""
        typed = code.replace(" ", "")
        if len(typed) != 6 or not typed.isascii() or not typed.isdigit():
            return None
        totp, current = self._of(person_id, encrypted_seed), int(now.timestamp()) // STEP_SECONDS
        for step in (current - 1, current, current + 1):
            if hmac.compare_digest(totp.generate_otp(step), typed):
                return step
        return None

    def _of(self, person_id: PersonId, sealed: bytes) -> pyotp.TOTP:
        return pyotp.TOTP(self._box.decrypt(PURPOSE, str(person_id), sealed).decode())


def seed_in(uri: str) -> str:
    """Return the seed of a provisioning URI in groups of four characters, to type."""
    seed = str(pyotp.parse_uri(uri).secret)
    return " ".join(seed[i : i + 4] for i in range(0, len(seed), 4))


def qr_svg(uri: str) -> Markup:
    """Return `uri` as a QR code: an SVG to put into the page itself."""
    out = io.BytesIO()
    segno.make(uri, error="m").save(out, kind="svg", xmldecl=False, svgns=True, nl=False, scale=4, omitsize=True)
    return Markup(out.getvalue().decode())  # noqa: S704 - SVG from segno, without user input
