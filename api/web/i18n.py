"""Languages of pages and mail: English in the source, other languages by gettext in `translations/<language>.po`.

A message is its English sentence, with placeholders such as `%(district)s`. Catalogues are read by Babel when a language
is first spoken, so that nothing has to be compiled. README.md says how to add a sentence or a language.
"""

from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from starlette.requests import Request

LANGUAGES: Mapping[str, str] = {"en": "English", "es": "Español"}
"""Languages of the pages, each by its own name; the first is that of the source, and spoken where none fits."""
SOURCE = next(iter(LANGUAGES))
CATALOGUES = Path(__file__).parent / "translations"

N_ = str
"""Marks a message for the catalogue where it is not shown at once; `gettext` translates it there."""


@cache
def translations(language: str) -> NullTranslations:
    """Return the catalogue of `language`, one of `LANGUAGES`."""
    if language == SOURCE:
        return NullTranslations()
    # Babel costs a few hundredths of a second to load: whoever shows no page does without.
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    compiled = BytesIO()
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def gettext(message: str, language: str, **values: object) -> str:
    """Return `message` in `language`, with `values` in its placeholders."""
    return translations(language).gettext(message) % values


def language_of(request: Request, chosen: str | None = None, ui_locales: str = "") -> str:
    """Return the language of a page.

    The first known one of: the query parameter `lang`, `chosen` (earlier, kept in a cookie), `ui_locales` (OpenID
    Connect Core section 3.1.2.1) and the header Accept-Language.
    """
    tags = [request.query_params.get("lang", ""), chosen or "", *ui_locales.split()]
    tags += accepted_languages(request.headers.get("accept-language", ""))
    return next((tag for tag in map(_primary, tags) if tag in LANGUAGES), SOURCE)


def accepted_languages(header: str) -> list[str]:
    """Return the tags of an Accept-Language header, the preferred first, without those of weight 0 (RFC 9110 12.5.4)."""
    weighted: list[tuple[float, str]] = []
    for part in header[:200].split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighted.append((float(weight or 1), tag.strip()))
        except ValueError:
            continue
    return [tag for weight, tag in sorted(weighted, key=lambda pair: -pair[0]) if weight > 0]


def _primary(tag: str) -> str:
    """Return the language of a tag such as `es-MX`."""
    return tag.lower().split("-")[0]
