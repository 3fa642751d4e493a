"""Where an answer of the authorization server may be sent: what can be registered, and what fits what is registered.

RFC 8252 for native apps, RFC 9700 section 4.1 for everybody: compared whole, never by a beginning or a pattern.
"""

import re
from enum import StrEnum


class ClientKind(StrEnum):
    """What a client is: a machine, a web application with a server, a native app, an application in a browser."""

    MACHINE = "machine"
    WEB = "web"
    NATIVE = "native"
    BROWSER = "browser"


MAX_URI_LENGTH = 500
LOOPBACK = re.compile(r"http://(127\.0\.0\.1|\[::1\])(?::([0-9]{1,5}))?(/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?")
"""The machine itself, by address: a name such as localhost may be anybody's. Whole or not at all, so no user hides in it."""
HTTPS = re.compile(
    r"https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?"
    r"(?:\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?"
)
PRIVATE = re.compile(r"[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:/[A-Za-z0-9._~!$&'()*+,;=:@%-][A-Za-z0-9._~!$&'()*+,;=:@%/-]*")
"""A scheme of the app's own, a domain name backwards (RFC 8252 section 7.1), and one slash."""

ORIGIN = re.compile(r"https://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?|http://(?:127\.0\.0\.1|\[::1\]):[0-9]{1,5}")
"""Where pages come from that may call from a browser (RFC 6454)."""


def is_registrable(uri: str, kind: ClientKind) -> bool:
    """Whether answers may ever be sent to ``uri`` for a client of ``kind``; a machine has nowhere to send them."""
    if len(uri) > MAX_URI_LENGTH or kind is ClientKind.MACHINE:
        return False
    if HTTPS.fullmatch(uri) or LOOPBACK.fullmatch(uri):
        return True
    return kind is ClientKind.NATIVE and PRIVATE.fullmatch(uri) is not None


def redirect_uri_matches(requested: str, registered: str, kind: ClientKind) -> bool:
    """Whether ``asked`` is ``registered``: the same text; for a native app on its own machine, on any port."""
    if requested == registered:
        return True
    if kind is not ClientKind.NATIVE:
        return False
    here, there = LOOPBACK.fullmatch(requested), LOOPBACK.fullmatch(registered)
    return here is not None and there is not None and (here[1], here[3]) == (there[1], there[3])


def is_claimed_https(uri: str) -> bool:
    """Whether only the owner of a domain can receive what is sent to ``uri``, so that it tells which client this is."""
    return uri.startswith("https://")
