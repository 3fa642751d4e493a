"""The pages that people see: plain HTML without JavaScript, nobody may frame them, nothing is loaded from elsewhere."""

import base64
from hashlib import sha256
from urllib.parse import urlsplit

from fastapi import Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from api.web.consent_texts import TEXTS, scope_lines

STYLE = (
    "body{font:1.125rem/1.5 system-ui,sans-serif;margin:0;background:#f4f5f7;color:#1a1d21}"
    "main{max-width:34rem;margin:2rem auto;padding:1.5rem 2rem;background:#fff;border:1px solid #767b83;border-radius:.5rem}"
    "h1{font-size:1.5rem}h2{font-size:1.125rem}code{overflow-wrap:anywhere}"
    "button{font:inherit;padding:.6rem 1.4rem;margin:.5rem .5rem 0 0;border:2px solid #14508c;border-radius:.375rem;"
    "background:#14508c;color:#fff}button.second{background:#fff;color:#14508c}"
    ":focus-visible{outline:3px solid #b35c00;outline-offset:2px}"
)
STYLE_HASH = base64.b64encode(sha256(STYLE.encode()).digest()).decode()

ENVIRONMENT = Environment(loader=PackageLoader("api.oauth", "templates"), autoescape=True, undefined=StrictUndefined)


def consent_page(*, language: str, client: str, person: str, scopes: list[str], redirect_uri: str, request: str) -> Response:
    """Ask a person whether ``client`` may; ``request`` is what the form says to be answered for."""
    html = ENVIRONMENT.get_template("consent.html").render(
        language=language,
        style=Markup(STYLE),  # noqa: S704 - our own constant
        texts=TEXTS[language],
        client=client,
        person=person,
        lines=scope_lines(scopes, language),
        target=_shown(redirect_uri),
        request=request,
    )
    return _page(html, 200, language, form_target(redirect_uri))


def refused_page(*, language: str, why: str, code: str = "", detail: str = "", status: int = 400) -> Response:
    """Tell a person that it does not go on; used where sending them back would be unsafe."""
    html = ENVIRONMENT.get_template("refused.html").render(
        language=language,
        style=Markup(STYLE),  # noqa: S704 - our own constant
        texts=TEXTS[language],
        why=why,
        code=code,
        detail=detail,
    )
    return _page(html, status, language, None)


def _page(html: str, status: int, language: str, target: str | None) -> Response:
    action = "'none'" if target is None else f"'self' {target}"
    headers = {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; form-action {action}; "
            "frame-ancestors 'none'; base-uri 'none'"
        ),
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        # Not no-referrer: browsers would then send a form of ours with the Origin null.
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
        "Content-Language": language,
    }
    return Response(html, status, headers, media_type="text/html")


def form_target(redirect_uri: str) -> str:
    """What a policy must allow so that the answer to the form may lead back to the app: browsers look at redirects too."""
    parts = urlsplit(redirect_uri)
    if parts.scheme in {"http", "https"} and "[" not in parts.netloc:
        return f"{parts.scheme}://{parts.netloc}"
    return f"{parts.scheme}:"  # a policy has no words for an address in brackets


def _shown(redirect_uri: str) -> str:
    """Where the person goes afterwards, as they can recognise it."""
    parts = urlsplit(redirect_uri)
    return parts.netloc or f"{parts.scheme}:"
