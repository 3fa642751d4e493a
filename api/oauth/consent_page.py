"""The pages of the authorization endpoint: the consent page, and the page for an error that cannot go to the app."""

from urllib.parse import urlsplit

from fastapi import Response

from api.web.i18n import N_, gettext
from api.web.pages import render_page
from api.web.scopes import describe_scopes

UNSAFE_REQUEST = N_(
    "The app that sent you here asked for something that we cannot answer safely, so you were not sent back to it. "
    "Go back to the app and try again. If this happens again, tell the people who make the app."
)
REQUEST_EXPIRED = N_(
    "This question was answered already, has expired, or belongs to another sign-in. Go back to the app and start again."
)


def consent_page(*, language: str, client: str, person: str, scopes: list[str], redirect_uri: str, request: str) -> Response:
    """Ask `person` whether to allow `client`; `request` is the handle of the stored authorization request."""
    parts = urlsplit(redirect_uri)
    return render_page(
        "oauth/consent.html",
        language=language,
        form_action=f"'self' {form_target(redirect_uri)}",
        client=client,
        person=person,
        scopes=describe_scopes(scopes, language),
        host=parts.netloc or f"{parts.scheme}:",
        request=request,
    )


def error_page(message: str, *, language: str, code: str = "", detail: str = "", status: int = 400) -> Response:
    """Return an error page for the person, where a redirect to the app would be unsafe.

    `code` and `detail` are the OAuth error and its description, for the app's developers.
    """
    text = gettext(message, language)
    return render_page(
        "oauth/error.html", language=language, status=status, form_action="'none'", message=text, code=code, detail=detail
    )


def form_target(redirect_uri: str) -> str:
    """Return the source expression for `form-action` that allows the form's response to redirect to the app."""
    parts = urlsplit(redirect_uri)
    if parts.scheme in {"http", "https"} and "[" not in parts.netloc:
        return f"{parts.scheme}://{parts.netloc}"
    return f"{parts.scheme}:"  # a policy cannot contain an IPv6 address
