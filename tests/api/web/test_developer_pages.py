"""The first page, the API reference, the guide and GraphiQL: who gets what, and that nothing comes from another host."""

import re

import pytest

from api.app import AppConfig, create_app
from api.middleware.exception_handlers import NO_PATH
from api.middleware.rate_limit import RateLimits
from api.version import BUILD
from api.web.assets import FOLDER
from api.web.developer_pages import DemoHints
from api.web.i18n import LANGUAGES
from tests.support.service import PUBLIC_URL, SECRET, asgi
from tests.support.sign_in import ParsedPage, assert_usable

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
DEMO = DemoHints(sign_in_path="/sign-in/grand-bend", usernames=("principal", "teacher"), secrets_file="demo.json")
PAGES = ("/", "/docs", "/docs/guide", "/graphiql")
SOURCES = {"'none'", "'self'", "data:"}


def application(demo=None, **quotas):
    """The application without a database: none of these pages needs one."""
    database = "postgresql://nobody@127.0.0.1:1/none"
    return create_app(
        AppConfig(database_url=database, public_url=PUBLIC_URL, secret=SECRET, demo=demo, rate_limits=RateLimits(**quotas))
    )


@pytest.fixture(scope="module")
def service():
    return application()


@pytest.fixture(scope="module")
def demo():
    return application(DEMO)


async def get(app, path, **headers):
    async with asgi(app) as http:
        return await http.get(path, headers={**HTML, **headers})


def policy(answer):
    """The directives of Content-Security-Policy."""
    parts = (part.split() for part in answer.headers["content-security-policy"].split(";"))
    return {name: set(values) for name, *values in parts}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_first_page_says_what_runs_and_where_to_go_and_needs_no_script(service, language):
    answer = await get(service, "/", **{"accept-language": language})
    page = ParsedPage(answer.text)
    assert (answer.status_code, answer.headers["content-language"]) == (200, language)
    assert_usable(page, language)
    assert BUILD in answer.text
    assert {"/sign-in", "/docs", "/docs/guide", "/v1", "/v1/openapi.json"} <= set(page.links)
    assert "/graphiql" not in page.links


async def test_the_language_chosen_on_the_first_page_stays(service):
    async with asgi(service) as http:
        http.headers.update(HTML)
        assert ParsedPage((await http.get("/?lang=es")).text).lang == "es"
        assert ParsedPage((await http.get("/")).text).lang == "es"
        assert ParsedPage((await http.get("/sign-in")).text).lang == "es"


async def test_the_first_page_says_whether_the_service_is_ready(service):
    assert "It is not ready" in (await get(service, "/")).text


@pytest.mark.parametrize("accept", ["application/json", "*/*", ""])
async def test_other_clients_find_nothing_at_the_root(service, accept):
    answer = await get(service, "/", accept=accept)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.json()["detail"] == NO_PATH


async def test_the_demo_has_hints_and_graphiql_and_nothing_else_has(service, demo):
    page = ParsedPage((await get(demo, "/")).text)
    assert {DEMO.sign_in_path, "/graphiql"} <= set(page.links)
    assert (await get(demo, "/graphiql")).status_code == 200
    assert "demo" not in (await get(service, "/")).text
    assert (await get(service, "/graphiql")).status_code == 404


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_loads_what_is_here_and_no_inline_script(demo, path):
    answer = await get(demo, path)
    page = ParsedPage(answer.text)
    targets = [a[name] for tag, a in page.elements for name in ("src", "href", "action", "srcset", "data") if name in a]
    assert [target for target in targets if not re.match(r"[/#](?!/)", target)] == []
    assert [a for tag, a in page.elements if tag == "script" and set(a) != {"src", "defer"}] == []
    assert "<style" not in answer.text
    assert not [name for _, a in page.elements for name in a if name.startswith("on") or name == "style"]
    for target in targets:
        if target.startswith("/assets/"):
            assert (await get(demo, target)).status_code == 200, target


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_may_ask_nobody_but_this_host(demo, path):
    directives = policy(await get(demo, path))
    assert directives["default-src"] == directives["base-uri"] == directives["frame-ancestors"] == {"'none'"}
    styles = directives.pop("style-src")
    assert styles == ({"'self'", "'unsafe-inline'"} if path == "/graphiql" else {"'self'"})
    assert set().union(*directives.values()) <= SOURCES
    assert directives.get("script-src", {"'self'"}) == {"'self'"}
    assert ("script-src" in directives) == (path in {"/docs", "/graphiql"})


def test_our_scripts_name_no_other_host_and_turn_off_what_would():
    scripts = {path.name: path.read_text() for path in FOLDER.glob("*.js")}
    assert set(scripts) == {"reference.js", "explorer.js"}
    assert not [name for name, text in scripts.items() if "//" in re.sub(r"^// .*$", "", text, flags=re.MULTILINE)]
    assert "validatorUrl: null" in scripts["reference.js"]


async def test_pages_count_against_the_quota_of_an_address_and_say_so_in_words():
    app = application(DEMO, address=1)
    async with asgi(app) as http:
        answers = [await http.get("/docs", headers=HTML)] + [await http.get(path, headers=HTML) for path in PAGES]
    assert [answer.status_code for answer in answers] == [200, 429, 429, 429, 429]
    assert {answer.headers["content-type"] for answer in answers[1:]} == {"text/plain; charset=utf-8"}
