"""Every sentence of pages and mail has a translation in every language that is offered."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from starlette.requests import Request

from api.web.i18n import CATALOGUES, LANGUAGES, SOURCE, accepted_languages, gettext, language_of

ROOT = Path(__file__).parents[3]
TRANSLATED = [language for language in LANGUAGES if language != SOURCE]


def placeholders(text: str) -> list[str]:
    """What must be in a translation as it is: places for values, and markup."""
    return sorted(re.findall(r"%\(\w+\)s|</?\w+>", text))


def translation_errors(source: Catalog, catalogue: Catalog) -> list[tuple[str, str]]:
    """The messages of ``source`` that ``catalogue`` does not translate well, and what is wrong."""
    found = []
    for message in source:
        translated = catalogue.get(message.id) if message.id else None
        if not message.id:
            continue
        if translated is None or not str(translated.string).strip() or translated.fuzzy:
            found.append((message.id, "is not translated: run make translations, and fill in the sentence"))
        elif placeholders(message.id) != placeholders(translated.string):
            found.append((message.id, "has other placeholders"))
        elif translated.string == message.id:
            found.append((message.id, "is the English sentence"))
    found += [(message.id, "is nowhere in the source") for message in catalogue if message.id and message.id not in source]
    return found


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """All messages of the product, as make translations finds them."""
    template = tmp_path_factory.mktemp("messages") / "messages.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "pyproject.toml", "-o", template, "api"]
    subprocess.run(command, cwd=ROOT, check=True)
    with template.open("rb") as file:
        return read_po(file)


def test_each_language_that_is_offered_has_a_catalogue_and_no_other_has() -> None:
    assert sorted(path.name for path in CATALOGUES.iterdir()) == sorted(f"{language}.po" for language in TRANSLATED)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_is_translated(source: Catalog, language: str) -> None:
    assert len(source) > 100
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        assert translation_errors(source, read_po(file, locale=language)) == []


def test_what_is_missing_would_be_seen() -> None:
    source, catalogue = Catalog(), Catalog(locale="es")
    for text in ("a", "b %(name)s", "c", "d"):
        source.add(text)
    for text, translation in (("b %(name)s", "be %(nombre)s"), ("c", "c"), ("d", ""), ("e", "e gone")):
        catalogue.add(text, translation)
    assert [text for text, _ in translation_errors(source, catalogue)] == ["a", "b %(name)s", "c", "d", "e"]


def test_every_template_is_rendered_somewhere() -> None:
    folder = ROOT / "api/web/templates"
    code = "".join(path.read_text() for path in (ROOT / "api").rglob("*.py")) + "".join(
        path.read_text() for path in folder.glob("*/*.html")
    )
    assert [path.name for path in folder.rglob("*.*") if f'{path.name}"' not in code] == []


def test_a_sentence_is_spoken_with_its_values() -> None:
    message = "There were too many attempts. Wait %(seconds)s seconds and try again."
    assert gettext(message, "en", seconds=7) == "There were too many attempts. Wait 7 seconds and try again."
    assert gettext(message, "es", seconds=7) == "Hubo demasiados intentos. Espere 7 segundos y vuelva a intentarlo."


def request(header: str = "", query: str = "") -> Request:
    headers = [(b"accept-language", header.encode())]
    return Request({"type": "http", "query_string": query.encode(), "headers": headers})


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("es", "es"),
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("fr,en;q=0.5,es;q=0.7", "es"),
        ("de", "en"),
        ("es;q=x", "en"),
        ("es;q=0,en;q=0.1", "en"),
    ],
)
def test_the_language_is_the_one_liked_best(header: str, language: str) -> None:
    assert language_of(request(header)) == language


def test_what_is_chosen_goes_before_what_is_asked_for_and_that_before_the_browsers_settings() -> None:
    assert language_of(request("en", "lang=es"), "en", "en") == "es"
    assert language_of(request("en", "lang=xx"), "es", "en") == "es"
    assert language_of(request("en"), None, "fr es-MX en") == "es"
    assert language_of(request("en"), "xx") == "en"


def test_of_languages_liked_alike_the_first_goes_first() -> None:
    assert accepted_languages("b;q=0.5, a, c, d;q=0") == ["a", "c", "b"]
