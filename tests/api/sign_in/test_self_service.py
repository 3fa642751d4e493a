"""What somebody who is signed in does about how they sign in; what a browser left open, or another's form, can't do."""

import re

import pyotp
import pytest

from tests.support.sign_in import PASSWORD, ParsedPage, assert_usable

CHANGE, SECOND, HOME = "/signed-in/password", "/signed-in/second-step", "/signed-in"
NEW = "eleven slow barges pass"


async def test_whoever_knows_the_password_changes_it_and_everything_else_that_was_signed_in_ends(sign_in_app):
    ada = await sign_in_app.account(email="ada@grandbend.k12.tx.us")
    here, elsewhere, family = (
        await sign_in_app.signed_in(),
        await sign_in_app.signed_in(),
        await sign_in_app.create_app_session(ada),
    )
    before = here.session
    assert CHANGE in (await here.see(HOME)).links
    sign_in_app.clock.pass_(hours=1)
    since = (await sign_in_app.current_user(here)).auth_time
    await here.fill(CHANGE, present=PASSWORD, password=NEW)
    assert (here.answer.status_code, here.session != before) == (200, True)
    known = await sign_in_app.current_user(here)
    assert (known.person_id, known.auth_time, known.methods) == (ada, since, {"pwd"})
    assert await sign_in_app.current_user(elsewhere) is None
    assert await sign_in_app.ended(family)
    assert await sign_in_app.audit_rows("change_password") == [("person", ada, "done")]
    [(to, subject, text)] = sign_in_app.sent_mail.sent
    assert (to, subject) == ("ada@grandbend.k12.tx.us", "Your password at Evenkeel was changed")
    assert "https://" not in text
    assert (await sign_in_app.signed_in()).answer.status_code == 400
    assert (await sign_in_app.signed_in(password=NEW)).went == HOME


async def test_another_than_the_present_password_is_held_up_with_tries_of_signing_in(sign_in_app):
    ada = await sign_in_app.account()
    here, family = await sign_in_app.signed_in(), await sign_in_app.create_app_session(ada)
    await here.fill(CHANGE, present=PASSWORD, password="short")
    page = ParsedPage(here.answer.text)
    assert [i["name"] for i in page.inputs if "aria-invalid" in i] == ["password"]
    for _ in range(5):
        await here.fill(CHANGE, present="a wrong password here", password=NEW)
        page = ParsedPage(here.answer.text)
        assert here.answer.status_code == 400
        assert [i["name"] for i in page.inputs if "aria-invalid" in i] == ["present"]
    await here.fill(CHANGE, present=PASSWORD, password=NEW)
    assert here.answer.status_code == 429
    assert (await sign_in_app.signed_in()).answer.status_code == 429
    assert (await sign_in_app.current_user(here), await sign_in_app.ended(family)) != (None, True)
    assert await sign_in_app.audit_rows("change_password") == []
    sign_in_app.clock.pass_(seconds=1)
    assert (await sign_in_app.signed_in()).went == HOME


async def test_nobody_changes_a_password_by_another_s_form_nor_from_elsewhere_nor_half_way_in(sign_in_app):
    await sign_in_app.account()
    await sign_in_app.account("mallory", given="Mal")
    ada, mallory = await sign_in_app.signed_in(), await sign_in_app.signed_in("mallory")
    page = await mallory.see(CHANGE)
    await ada.see(CHANGE)
    await ada.send(page, present=PASSWORD, password=NEW)
    assert ada.answer.status_code == 403
    page = await ada.see(CHANGE)
    fields = page.hidden | {"present": PASSWORD, "password": NEW}
    answer = await ada.http.post(CHANGE, data=fields, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    await sign_in_app.sql("update browser_session set stage = 'first_factor'")
    await ada.see(CHANGE)
    assert ada.went == "/sign-in?next=%2Fsigned-in%2Fpassword"
    await ada.send(page, present=PASSWORD, password=NEW)
    assert ada.answer.status_code == 401
    nobody = sign_in_app.browser()
    await nobody.see(CHANGE)
    assert nobody.answer.status_code == 303
    assert (await sign_in_app.signed_in()).went == HOME


async def test_who_signs_in_by_the_provider_alone_has_no_password_to_change(sign_in_app):
    await sign_in_app.account()
    here = await sign_in_app.signed_in()
    page = await here.see(CHANGE)
    await sign_in_app.sql("update account set password_hash = null")
    assert CHANGE not in (await here.see(HOME)).links
    await here.see(CHANGE)
    assert here.answer.status_code == 404
    await here.see(HOME)
    await here.send(page, present=PASSWORD, password=NEW)
    assert here.answer.status_code == 404
    assert await sign_in_app.sql("select 1 from account where password_hash is not null") == []


def seed_on(text):
    return pyotp.TOTP(re.search(r"<code>([A-Z2-7 ]+)</code>", text).group(1).replace(" ", ""))


@pytest.fixture
async def enrolled(sign_in_app):
    """A district admin with an app: who, their browser, and the app."""
    own = await sign_in_app.person("Ines", "Ruiz", role="district_admin")
    browser = sign_in_app.browser()
    await browser.fill("/sign-in/grand-bend/code", code=await sign_in_app.code(own), username="ines", password=PASSWORD)
    page = await browser.see("/sign-in/grand-bend/enrol")
    app = seed_on(browser.answer.text)
    await browser.send(page, code=app.at(sign_in_app.clock.now))
    sign_in_app.clock.pass_(seconds=60)
    return own, browser, app


async def test_another_app_takes_the_place_of_the_one_before_by_codes_of_both(sign_in_app, enrolled):
    ines, browser, app = enrolled
    family = await sign_in_app.create_app_session(ines)
    assert SECOND in (await browser.see(HOME)).links
    page = await browser.see(SECOND)
    other, now = seed_on(browser.answer.text), sign_in_app.clock.now
    for codes in (
        {"code": "000000", "new_code": other.at(now)},
        {"code": app.at(now), "new_code": "000000"},
        {"code": other.at(now), "new_code": other.at(now)},
    ):
        await browser.send(page, **codes)
        assert (browser.answer.status_code, await sign_in_app.ended(family)) == (400, False)
        page = ParsedPage(browser.answer.text)
        assert seed_on(browser.answer.text).secret == other.secret
    await browser.send(page, code=app.at(now), new_code=other.at(now))
    assert len(re.findall(r"<code>[A-Z0-9-]{29}</code>", browser.answer.text)) == 10
    assert (await sign_in_app.current_user(browser)).methods == {"pwd", "otp"}
    assert await sign_in_app.ended(family)
    assert await sign_in_app.audit_rows("renew_second_factor") == [("person", ines, "done")]
    sign_in_app.clock.pass_(seconds=60)
    again = await sign_in_app.signed_in("ines")
    await again.fill("/sign-in/grand-bend/second-step", code=app.at(sign_in_app.clock.now))
    assert again.answer.status_code == 400
    await again.fill("/sign-in/grand-bend/second-step", code=other.at(sign_in_app.clock.now))
    assert again.went == HOME


async def test_a_seed_that_was_not_given_to_this_person_is_not_taken(sign_in_app, enrolled):
    _, browser, app = enrolled
    [(sealed,)] = await sign_in_app.sql("select totp_sealed from account")
    page = await browser.see(SECOND)
    for forged in ("", "x", "é", "AAAA" * 30, page.hidden["sealed"][:-8] + "AAAAAAA="):
        now = sign_in_app.clock.now
        await browser.send(page, sealed=forged, code=app.at(now), new_code=app.at(now))
        assert browser.answer.status_code == 403, forged
    assert [tuple(row) for row in await sign_in_app.sql("select totp_sealed from account")] == [(sealed,)]


async def test_the_pages_of_the_account_can_be_used_without_eyes_mouse_or_scripts(sign_in_app, enrolled):
    _, browser, app = enrolled
    for language in ("en", "es"):
        for path in (HOME, CHANGE, SECOND):
            assert_usable(await browser.see(path, **{"accept-language": language}), language)
    await browser.fill(CHANGE, present="a wrong password here", password=NEW)
    assert_usable(ParsedPage(browser.answer.text), "en")
    page = await browser.see(SECOND)
    other = seed_on(browser.answer.text)
    await browser.send(page, code="000000", new_code="000000")
    assert_usable(ParsedPage(browser.answer.text), "en")
    await browser.send(
        ParsedPage(browser.answer.text), code=app.at(sign_in_app.clock.now), new_code=other.at(sign_in_app.clock.now)
    )
    codes = ParsedPage(browser.answer.text)
    assert_usable(codes, "en")
    # A link to the same page in another language would lead away from codes that are shown once.
    assert [link for link in codes.links if "lang=" in link] == []
    await browser.fill(HOME)
    [spanish] = [link for link in ParsedPage(browser.answer.text).links if "lang=es" in link]
    await browser.see(spanish)
    assert (browser.answer.status_code, browser.went) == (303, HOME)


async def test_a_browser_left_open_sets_no_second_step_up(sign_in_app):
    await sign_in_app.account()
    here = await sign_in_app.signed_in()
    enrol = "/sign-in/grand-bend/enrol"
    assert enrol in (await here.see(HOME)).links
    page = await here.see(enrol)
    assert "<svg" in here.answer.text
    app = seed_on(here.answer.text)
    sign_in_app.clock.pass_(minutes=16)
    await here.see(enrol)
    assert here.answer.status_code == 401
    await here.send(page, code=app.at(sign_in_app.clock.now))
    assert here.answer.status_code == 401
    assert await sign_in_app.sql("select 1 from account where totp_confirmed_at is not null") == []
