"""Pages and mail from Jinja templates: one environment, one stylesheet, one set of headers.

Plain HTML: no scripts but on the pages for developers, nothing from other hosts, nothing cached, and no page may be framed.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context, select_autoescape
from jinja2.runtime import Context
from starlette.responses import HTMLResponse

from api.web.assets import asset_url
from api.web.i18n import translations

FOLDER = Path(__file__).parent

HEADERS = {
    "Cache-Control": "no-store",
    # Not no-referrer: browsers would send "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]  # of i18n
    environment.globals["asset_url"] = asset_url
    return environment


@pass_context
def _gettext(context: Context, message: str) -> str:
    return translations(context["language"]).gettext(message)


@pass_context
def _ngettext(context: Context, singular: str, plural: str, n: int) -> str:
    return translations(context["language"]).ngettext(singular, plural, n)


def render_page(
    template: str,
    *,
    language: str,
    status: int = 200,
    form_action: str | None = "'self'",
    sources: Mapping[str, str] | None = None,
    **values: object,
) -> HTMLResponse:
    """Return the page `templates/<template>` in `language`.

    `form_action` is where its forms may lead (browsers apply it to redirects, too), as Content-Security-Policy writes it;
    None: anywhere. `sources` adds directives to that policy, for a page that needs more than a stylesheet and images.
    `values` are the template's; `errors` maps names of inputs (an empty name: all of them) to sentences.
    """
    defaults: dict[str, object] = {"language": language, "errors": {}, "language_links": ()}
    html = _environment().get_template(template).render(defaults | values)
    directives = CONTENT_SECURITY_POLICY | dict(sources or {})
    if form_action is not None:
        directives["form-action"] = form_action
    policy = "; ".join(f"{name} {value}" for name, value in directives.items())
    return HTMLResponse(html, status, {**HEADERS, "Content-Language": language, "Content-Security-Policy": policy})


def render_mail(template: str, *, language: str, **values: object) -> tuple[str, str]:
    """Subject and text of the mail `templates/mail/<template>`, whose first paragraph is the subject."""
    subject, _, text = _environment().get_template(f"mail/{template}").render(values, language=language).partition("\n\n")
    return subject, f"{text}\n"
