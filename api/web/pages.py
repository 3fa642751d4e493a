"""A page of the sign-in: what stands on it, and how it is sent."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from api.web.translations import LANGUAGES, said

FOLDER = Path(__file__).parent / "templates"
STYLE = (FOLDER / "style.css").read_text()

# same-origin, not no-referrer: with that browsers send "Origin: null" along with our own forms.
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"


@dataclass(frozen=True, kw_only=True)
class Field:
    """An input with its label; ``autocomplete`` as HTML names it."""

    name: str
    label: str
    autocomplete: str
    kind: str = "text"
    hint: str = ""
    value: str = ""
    numeric: bool = False


@dataclass(frozen=True, kw_only=True)
class Page:
    """What stands on a page. ``problems``: the input concerned, or none, and a sentence.

    A page with ``codes`` is shown once: it has no links to itself in other languages, which would lead away from them.
    """

    title: str
    intro: tuple[str, ...] = ()
    notice: str = ""
    heading: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    picture: Markup | None = None
    key: str = ""
    codes: tuple[str, ...] = ()
    action: str = ""
    fields: tuple[Field, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    submit: str = ""
    links: tuple[tuple[str, str], ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    status: int = 200

    def wrong(self, name: str) -> str:
        """What is wrong with the input ``name``, if anything."""
        return next((sentence for field, sentence in self.problems if field == name), "")

    def told(self, field: Field) -> str:
        """The ids of what is told about an input: its hint, what is wrong with it, and what is wrong with all of them."""
        parts = (
            (f"{field.name}-hint", field.hint),
            (f"{field.name}-error", self.wrong(field.name)),
            ("problem-list", self.wrong("")),
        )
        return " ".join(name for name, said in parts if said)


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined)


def drawn(page: Page, *, language: str, csrf: str, here: str, query: dict[str, str]) -> Response:
    """``page`` in ``language``; ``here`` and ``query`` are where its language links lead."""
    languages = [(code, name, f"{here}?{urlencode({**query, 'lang': code})}") for code, name in LANGUAGES.items()]
    html = (
        _environment()
        .get_template("page.html")
        .render(page=page, language=language, csrf=csrf, languages=languages, say=lambda key: said(language, key))
    )
    # A form that leads on to an app's own address would be stopped by form-action there (browsers look at redirects too).
    policy = POLICY if dict(page.hidden).get("next") or "next" in query else f"{POLICY}; form-action 'self'"
    return HTMLResponse(html, page.status, {**HEADERS, "Content-Language": language, "Content-Security-Policy": policy})
