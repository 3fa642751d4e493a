"""What somebody does who is not who they say: each test fails without its guard."""

import re

import pytest

from domain.accounts.commands import DeactivatePerson, PutBreakGlass
from domain.accounts.usecases.admin import deactivate_person, put_break_glass
from tests.support.sign_in import PASSWORD, URL, ParsedPage

SIGN_IN = "/sign-in/grand-bend"
PROBLEM = re.compile(r'<div class="problems".*?</div>', re.DOTALL)


async def test_a_session_fixed_beforehand_is_not_the_one_that_is_signed_in(sign_in_app):
    await sign_in_app.account("mallory")
    await sign_in_app.account("ada")
    mallory = await sign_in_app.signed_in("mallory")
    fixed = mallory.session
    victim = sign_in_app.browser()
    victim.http.cookies.set("__Host-evenkeel-session", fixed, domain="evenkeel.example.org")
    await sign_in_app.signed_in("ada", browser=victim)
    assert victim.session != fixed
    assert await sign_in_app.current_user(mallory) is None


async def test_the_cookie_is_for_this_host_alone_and_unseen_by_scripts(sign_in_app):
    await sign_in_app.account()
    browser = await sign_in_app.signed_in()
    [cookie] = [c for c in browser.answer.headers.get_list("set-cookie") if c.startswith("__Host-evenkeel-session=")]
    flags = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "secure", "path=/", "samesite=lax"} == flags
    assert sign_in_app.district_id.hex in cookie
    kept = await sign_in_app.sql("select token_sha256 from browser_session")
    assert all(browser.session.encode() not in row[0] for row in kept)


@pytest.mark.parametrize(
    "broken",
    [
        {"csrf": ""},
        {"csrf": "0" * 64},
        {"csrf": "é"},
    ],
)
async def test_a_form_that_we_did_not_draw_for_this_browser_does_nothing(sign_in_app, broken):
    await sign_in_app.account()
    browser = sign_in_app.browser()
    page = await browser.see(SIGN_IN)
    await browser.send(page, username="ada", password=PASSWORD, **broken)
    assert (browser.answer.status_code, browser.session) == (403, None)


async def test_a_form_drawn_for_another_browser_does_nothing(sign_in_app):
    await sign_in_app.account()
    mallory, victim = sign_in_app.browser(), sign_in_app.browser()
    page = await mallory.see(SIGN_IN)
    await victim.see(SIGN_IN)
    await victim.send(page, username="ada", password=PASSWORD)
    assert (victim.answer.status_code, victim.session) == (403, None)


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}])
async def test_a_form_sent_from_elsewhere_does_nothing(sign_in_app, headers):
    await sign_in_app.account()
    browser = sign_in_app.browser()
    page = await browser.see(SIGN_IN)
    answer = await browser.http.post(SIGN_IN, data=page.hidden | {"username": "ada", "password": PASSWORD}, headers=headers)
    assert (answer.status_code, browser.session) == (403, None)


async def test_signing_out_from_elsewhere_does_nothing(sign_in_app):
    await sign_in_app.account()
    browser = await sign_in_app.signed_in()
    assert (await browser.http.post("/sign-out", headers={"origin": URL})).status_code == 403
    assert await sign_in_app.current_user(browser) is not None


ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "/%0d%0aset-cookie:x=1".replace("%0d%0a", "\r\n"),
    "javascript:alert(1)",
    "/\t/evil.example",
    "http:evil.example",
    "/..//evil.example",
    "/x/..//evil.example",
    "evil.example",
    "///evil.example",
)


@pytest.mark.parametrize("next_", ELSEWHERE)
async def test_nobody_is_led_elsewhere_after_signing_in(sign_in_app, next_):
    await sign_in_app.account()
    browser = sign_in_app.browser()
    page = await browser.see(SIGN_IN)
    await browser.send(page, username="ada", password=PASSWORD, next=next_)
    assert (browser.answer.status_code, browser.went) == (303, "/signed-in")
    answer = await browser.http.get("/sign-in", params={"district": "grand-bend", "next": next_})
    assert answer.headers["location"] == SIGN_IN


async def test_a_page_tells_nothing_of_who_has_an_account(sign_in_app):
    await sign_in_app.account(email="ada@grandbend.k12.tx.us")
    gone = await sign_in_app.account("gone")
    await sign_in_app.run(deactivate_person, DeactivatePerson(person_id=gone))
    seen = set()
    for name in ("ada", "nobody-at-all", "gone"):
        browser = sign_in_app.browser()
        await browser.fill(SIGN_IN, username=name, password="a wrong password here")
        told = PROBLEM.search(browser.answer.text).group()
        seen.add((browser.answer.status_code, told, len(browser.answer.headers)))
    assert len(seen) == 1
    seen = set()
    for name in ("ada", "nobody-at-all", "ada@grandbend.k12.tx.us", "nobody@grandbend.k12.tx.us", "gone"):
        browser = sign_in_app.browser()
        await browser.fill(f"{SIGN_IN}/forgot", identity=name)
        told = re.sub(r'value="\w*"', "", browser.answer.text)
        seen.add((browser.answer.status_code, told, len(browser.answer.headers)))
    assert len(seen) == 1
    assert [to for to, _, _ in sign_in_app.sent_mail.sent] == ["ada@grandbend.k12.tx.us"] * 2


async def test_an_unknown_user_costs_the_same_work(sign_in_app, monkeypatch):
    from api.sign_in.password_hashing import Argon2

    verified = []
    original = Argon2._matches

    def counted(self, stored, password):
        verified.append(stored)
        return original(self, stored, password)

    monkeypatch.setattr(Argon2, "_matches", counted)
    await sign_in_app.account()
    for name in ("ada", "nobody-at-all"):
        await sign_in_app.browser().fill(SIGN_IN, username=name, password="a wrong password here")
    assert len(verified) == 2


async def test_tries_are_held_up_longer_and_longer_and_never_for_good(sign_in_app):
    await sign_in_app.account()
    for failure in range(4):
        browser = sign_in_app.browser(f"198.51.100.{failure}")
        await browser.fill(SIGN_IN, username="ada", password="a wrong password here")
        assert browser.answer.status_code == 400
    waits = []
    for _ in range(12):
        browser = sign_in_app.browser("198.51.100.99")
        await browser.fill(SIGN_IN, username="ADA", password="a wrong password here")
        assert browser.answer.status_code == 400
        await browser.fill(SIGN_IN, username="ada", password=PASSWORD)
        assert (browser.answer.status_code, browser.session) == (429, None)
        waits.append(int(browser.answer.headers["retry-after"]) - 1)
        sign_in_app.clock.pass_(seconds=waits[-1])
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]
    assert (await sign_in_app.signed_in("ada")).went == "/signed-in"


async def test_many_names_from_one_address_are_held_up_too(sign_in_app):
    browser = sign_in_app.browser("198.51.100.7")
    for number in range(41):
        await browser.fill(SIGN_IN, username=f"somebody{number}", password="a wrong password here")
        assert browser.answer.status_code == 400
    await browser.fill(SIGN_IN, username="somebody-else", password="a wrong password here")
    assert browser.answer.status_code == 429
    other = sign_in_app.browser("198.51.100.8")
    await other.fill(SIGN_IN, username="somebody-else", password="a wrong password here")
    assert other.answer.status_code == 400


async def test_guessing_codes_is_held_up(sign_in_app):
    browser = sign_in_app.browser("198.51.100.7")
    for number in range(42):
        await browser.fill(f"{SIGN_IN}/code", code=f"AAAA-{number}", username="ada", password=PASSWORD)
    assert browser.answer.status_code == 429


async def test_tries_at_once_are_counted_one_by_one(sign_in_app):
    import asyncio

    await sign_in_app.account()
    browsers = [sign_in_app.browser() for _ in range(10)]
    pages = [await browser.see(SIGN_IN) for browser in browsers]
    await asyncio.gather(
        *(b.send(p, username="ada", password="a wrong password here") for b, p in zip(browsers, pages, strict=True))
    )
    looked_at = [b for b in browsers if b.answer.status_code == 400]
    assert len(looked_at) <= 5


async def test_a_name_or_a_next_that_holds_markup_is_shown_as_text(sign_in_app):
    evil = '"><script>alert(1)</script>{{7*7}}'
    browser = sign_in_app.browser()
    page = await browser.see(SIGN_IN)
    await browser.send(page, username=evil, password="a wrong password here")
    seen = ParsedPage(browser.answer.text)
    assert "script" not in {tag for tag, _ in seen.elements}
    assert evil in [i.get("value") for i in seen.inputs]
    page = await browser.see("/sign-in")
    await browser.send(page, district=evil)
    assert "script" not in {tag for tag, _ in ParsedPage(browser.answer.text).elements}
    seen = await browser.see('/sign-in/grand-bend?next=/x"><script>alert(1)</script>')
    assert "script" not in {tag for tag, _ in seen.elements}


async def test_a_district_called_by_markup_is_shown_as_text(sign_in_app):
    await sign_in_app.district("<script>alert(1)</script>{{7*7}}", "evil")
    seen = await sign_in_app.browser().see("/sign-in/evil")
    assert "script" not in {tag for tag, _ in seen.elements}
    assert ("h1", "Sign in to <script>alert(1)</script>{{7*7}}") in seen.headings


async def test_a_cookie_of_one_district_is_nobody_in_another(sign_in_app):
    await sign_in_app.account()
    browser = await sign_in_app.signed_in()
    other = await sign_in_app.district("Lakeside", "lakeside")
    forged = browser.session.replace(sign_in_app.district_id.hex, other.hex)
    browser.http.cookies.clear()
    browser.http.cookies.set("__Host-evenkeel-session", forged, domain="evenkeel.example.org")
    assert await sign_in_app.current_user(browser) is None


@pytest.mark.parametrize("cookie", ["x", "." * 60, "0" * 32 + "." + "a" * 43, "é", "a" * 5000, "../../etc"])
async def test_a_cookie_we_did_not_make_is_nobody(sign_in_app, cookie):
    answer = await sign_in_app.browser(cookie=f"__Host-evenkeel-session={cookie}".encode("latin-1")).http.get("/signed-in")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


async def test_deactivation_ends_browsers_and_codes_at_once(sign_in_app):
    ada = await sign_in_app.account()
    browser, code = await sign_in_app.signed_in(), await sign_in_app.code(ada)
    await sign_in_app.run(deactivate_person, DeactivatePerson(person_id=ada))
    assert await sign_in_app.current_user(browser) is None
    assert (await sign_in_app.signed_in()).answer.status_code == 400
    assert await sign_in_app.sql("select 1 from browser_session") == []
    assert await sign_in_app.sql("select 1 from account_code") == []
    await browser.fill(f"{SIGN_IN}/code", code=code, username="ada", password=PASSWORD)
    assert browser.answer.status_code == 400


async def test_a_person_who_left_the_roster_is_nobody_from_then_on(sign_in_app):
    await sign_in_app.account()
    browser = await sign_in_app.signed_in()
    await sign_in_app.sql("update person set enabled = false")
    assert await sign_in_app.current_user(browser) is None
    assert (await sign_in_app.signed_in()).answer.status_code == 400


async def test_where_the_provider_is_the_only_way_in_a_password_is_for_break_glass_accounts_alone(sign_in_app):
    ada = await sign_in_app.account()
    await sign_in_app.sql(
        "insert into identity_provider (district_id, code, kind, name, issuer, client_id, secret_sealed, tenants, claim, "
        "roster_field, exclusive, active, version) values ($1, 'x', 'oidc', 'X', 'https://x.example', 'c', '', '{}', 'sub', "
        "'identifier', true, true, 1)",
        sign_in_app.district_id,
    )
    assert (await sign_in_app.signed_in()).answer.status_code == 400
    await sign_in_app.run(put_break_glass, PutBreakGlass(person_id=ada, allowed=True))
    browser = await sign_in_app.signed_in()
    assert browser.went == "/sign-in/grand-bend/enrol"
    assert await sign_in_app.current_user(browser) is None
