"""The pages themselves: read without a mouse, without scripts, in two languages, and by nobody's frame."""

import re

import pytest

from api.web.assets import FOLDER, asset_url
from api.web.i18n import LANGUAGES
from tests.support.sign_in import ParsedPage, assert_usable

STYLE = (FOLDER / "style.css").read_text()
PATHS = (
    "/sign-in",
    "/sign-in/grand-bend",
    "/sign-in/grand-bend/code",
    "/sign-in/grand-bend/forgot",
    "/sign-in/grand-bend/reset?token=x",
    "/sign-in/grand-bend/second-step",
    "/sign-in/nowhere",
)


async def test_every_page_can_be_used_without_eyes_mouse_or_scripts(sign_in_app):
    browser = sign_in_app.browser()
    for path in PATHS:
        for language in LANGUAGES:
            page = await browser.see(path, **{"accept-language": language})
            assert_usable(page, language)


async def test_a_problem_is_said_first_and_leads_to_its_input(sign_in_app):
    ada = await sign_in_app.person()
    browser = sign_in_app.browser()
    await browser.fill("/sign-in/grand-bend/code", code=await sign_in_app.code(ada), username="a", password="grandbendisd1")
    page = ParsedPage(browser.answer.text)
    assert browser.answer.status_code == 400
    assert {"#username", "#password"} <= set(page.links)
    wrong = {i["name"] for i in page.inputs if i.get("aria-invalid") == "true"}
    assert wrong == {"username", "password"}
    assert_usable(page, "en")
    assert ("div", "alert") in [(tag, attributes.get("role")) for tag, attributes in page.elements]
    assert "<title>There is a problem:" in browser.answer.text


async def test_what_is_wrong_with_no_input_alone_is_told_at_each(sign_in_app):
    browser = sign_in_app.browser()
    await browser.fill("/sign-in/grand-bend", username="nobody", password="a wrong password here")
    page = ParsedPage(browser.answer.text)
    assert_usable(page, "en")
    assert {i.get("aria-describedby") for i in page.inputs if i.get("type") != "hidden"} == {"problem-list"}


def colours(style, name):
    return re.findall(rf"(?<![\w-]){name}: (#[0-9a-f]{{3,6}})", style)


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_every_text_stands_out_from_what_is_behind_it():
    assert round(contrast("#767676", "#fff"), 2) == 4.54
    rules = dict(re.findall(r"^([^{@]+?) \{ (.*) \}$", STYLE, re.MULTILINE))
    grounds = {selector: colours(rule, "background") for selector, rule in rules.items()}
    own = {selector for selector, ground in grounds.items() if ground and colours(rules[selector], "color")}
    assert own == {"body", "button, .button", "button.secondary"}
    for selector in own:
        assert contrast(*colours(rules[selector], "color"), *grounds[selector]) >= 4.5
    lights = {ground for selector in grounds if selector != "button, .button" for ground in grounds[selector]}
    assert lights == {"#fff", "#eef4fa"}
    for selector, rule in rules.items():
        for colour in colours(rule, "color") if selector not in own else []:
            assert min(contrast(colour, ground) for ground in lights) >= 4.5, selector


def test_the_focus_is_seen():
    [(_, rule)] = re.findall(r"^([^{]*focus-visible[^{]*) \{ (.*) \}$", STYLE, re.MULTILINE)
    assert {"a", "button", "input"} <= set(re.findall(r"(\w+):focus-visible", STYLE))
    assert "outline: 4px solid" in rule
    # Its dark ring is seen on white, whatever becomes of the yellow one.
    assert contrast(colours(rule.replace("0 0 0 2px", "color:"), "color")[0], "#fff") >= 3
    assert "outline: none" not in STYLE


async def test_every_answer_keeps_itself_out_of_frames_caches_and_referrers(sign_in_app):
    browser = sign_in_app.browser()
    for path in (*PATHS, asset_url("style.css")):
        headers = (await browser.http.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "same-origin"
        if ".css" in path:
            continue
        assert headers["cache-control"] == "no-store"
        policy = {part.strip() for part in headers["content-security-policy"].split(";")}
        assert {"default-src 'none'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} <= policy
        assert "unsafe" not in headers["content-security-policy"]


async def test_the_language_chosen_by_the_link_stays(sign_in_app):
    browser = sign_in_app.browser()
    page = await browser.see("/sign-in?next=/oauth/authorize")
    [spanish] = [link for link in page.links if "lang=es" in link]
    assert "next=%2Foauth%2Fauthorize" in spanish
    assert (await browser.see(spanish)).lang == "es"
    assert (await browser.see("/sign-in/grand-bend")).headings[0] == ("h1", "Entrar en Grand Bend ISD")


async def test_a_district_is_found_by_slug_and_by_mail_domain_and_by_nothing_else(sign_in_app):
    browser = sign_in_app.browser()
    for typed in ("grand-bend", " Grand-Bend ", "anybody.at.all@GrandBend.k12.tx.us"):
        await browser.fill("/sign-in", district=typed)
        assert (browser.answer.status_code, browser.went) == (303, "/sign-in/grand-bend"), typed
    for typed in ("", "nowhere", "ada@evil.example", "grandbend.k12.tx.us", "%", "\x00", "a" * 5000):
        await browser.fill("/sign-in", district=typed)
        assert browser.answer.status_code == 400, typed
    answer = await browser.http.get("/sign-in?login_hint=x@grandbend.k12.tx.us&next=/oauth/authorize")
    assert answer.headers["location"] == "/sign-in/grand-bend?next=%2Foauth%2Fauthorize"


@pytest.mark.parametrize(
    "path", ["/sign-in/nowhere", "/sign-in/nowhere/code", "/sign-in/grand-bend/with/nothing", "/sign-in/x%00y"]
)
async def test_a_page_of_no_district_is_not_found(sign_in_app, path):
    assert (await sign_in_app.browser().http.get(path)).status_code == 404


async def test_every_page_has_the_one_stylesheet(sign_in_app):
    browser = sign_in_app.browser()
    for path in PATHS:
        page = await browser.see(path)
        [style] = [a["href"] for tag, a in page.elements if tag == "link" and a["rel"] == "stylesheet"]
        answer = await browser.http.get(style)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/css; charset=utf-8")
        assert answer.text == STYLE


async def test_an_app_may_say_which_language_a_person_speaks_and_the_person_may_say_otherwise(sign_in_app):
    browser = sign_in_app.browser()
    assert (await browser.see("/sign-in?ui_locales=fr+es-MX")).lang == "es"
    await browser.see("/sign-in?lang=en")
    assert (await browser.see("/sign-in?ui_locales=fr+es-MX")).lang == "en"
