"""What somebody who is signed in does about how they sign in; what a browser left open, or another's form, can't do."""

import re

import pyotp
import pytest

from tests.support.sign_in import PASSWORD, Seen, assert_usable

CHANGE, SECOND, HOME = "/signed-in/password", "/signed-in/second-step", "/signed-in"
NEW = "eleven slow barges pass"


async def test_whoever_knows_the_password_changes_it_and_everything_else_that_was_signed_in_ends(house):
    ada = await house.account(email="ada@grandbend.k12.tx.us")
    here, elsewhere, family = await house.signed_in(), await house.signed_in(), await house.let_in(ada)
    before = here.session
    assert CHANGE in (await here.see(HOME)).links
    house.clock.pass_(hours=1)
    since = (await house.who(here)).auth_time
    await here.fill(CHANGE, present=PASSWORD, password=NEW)
    assert (here.answer.status_code, here.session != before) == (200, True)
    known = await house.who(here)
    assert (known.person_id, known.auth_time, known.methods) == (ada, since, {"pwd"})
    assert await house.who(elsewhere) is None
    assert await house.ended(family)
    assert await house.told("change_password") == [("person", ada, "done")]
    [(to, subject, text)] = house.letters.sent
    assert (to, subject) == ("ada@grandbend.k12.tx.us", "Your password at Evenkeel was changed")
    assert "https://" not in text
    assert (await house.signed_in()).answer.status_code == 400
    assert (await house.signed_in(password=NEW)).went == HOME


async def test_another_than_the_present_password_is_held_up_with_tries_of_signing_in(house):
    ada = await house.account()
    here, family = await house.signed_in(), await house.let_in(ada)
    await here.fill(CHANGE, present=PASSWORD, password="short")
    page = Seen(here.answer.text)
    assert [i["name"] for i in page.inputs if "aria-invalid" in i] == ["password"]
    for _ in range(5):
        await here.fill(CHANGE, present="a wrong password here", password=NEW)
        page = Seen(here.answer.text)
        assert here.answer.status_code == 400
        assert [i["name"] for i in page.inputs if "aria-invalid" in i] == ["present"]
    await here.fill(CHANGE, present=PASSWORD, password=NEW)
    assert here.answer.status_code == 429
    assert (await house.signed_in()).answer.status_code == 429
    assert (await house.who(here), await house.ended(family)) != (None, True)
    assert await house.told("change_password") == []
    house.clock.pass_(seconds=1)
    assert (await house.signed_in()).went == HOME


async def test_nobody_changes_a_password_by_another_s_form_nor_from_elsewhere_nor_half_way_in(house):
    await house.account()
    await house.account("mallory", given="Mal")
    ada, mallory = await house.signed_in(), await house.signed_in("mallory")
    page = await mallory.see(CHANGE)
    await ada.see(CHANGE)
    await ada.send(page, present=PASSWORD, password=NEW)
    assert ada.answer.status_code == 403
    page = await ada.see(CHANGE)
    fields = page.hidden | {"present": PASSWORD, "password": NEW}
    answer = await ada.http.post(CHANGE, data=fields, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    await house.sql("update browser_session set stage = 'first_factor'")
    await ada.see(CHANGE)
    assert ada.went == "/sign-in?next=%2Fsigned-in%2Fpassword"
    await ada.send(page, present=PASSWORD, password=NEW)
    assert ada.answer.status_code == 401
    nobody = house.browser()
    await nobody.see(CHANGE)
    assert nobody.answer.status_code == 303
    assert (await house.signed_in()).went == HOME


async def test_who_signs_in_by_the_provider_alone_has_no_password_to_change(house):
    await house.account()
    here = await house.signed_in()
    page = await here.see(CHANGE)
    await house.sql("update account set password_hash = null")
    assert CHANGE not in (await here.see(HOME)).links
    await here.see(CHANGE)
    assert here.answer.status_code == 404
    await here.see(HOME)
    await here.send(page, present=PASSWORD, password=NEW)
    assert here.answer.status_code == 404
    assert await house.sql("select 1 from account where password_hash is not null") == []


def seed_on(text):
    return pyotp.TOTP(re.search(r"<code>([A-Z2-7 ]+)</code>", text).group(1).replace(" ", ""))


@pytest.fixture
async def enrolled(house):
    """A district admin with an app: who, their browser, and the app."""
    own = await house.person("Ines", "Ruiz", role="district_admin")
    browser = house.browser()
    await browser.fill("/sign-in/grand-bend/code", code=await house.code(own), username="ines", password=PASSWORD)
    page = await browser.see("/sign-in/grand-bend/enrol")
    app = seed_on(browser.answer.text)
    await browser.send(page, code=app.at(house.clock.now))
    house.clock.pass_(seconds=60)
    return own, browser, app


async def test_another_app_takes_the_place_of_the_one_before_by_codes_of_both(house, enrolled):
    ines, browser, app = enrolled
    family = await house.let_in(ines)
    assert SECOND in (await browser.see(HOME)).links
    page = await browser.see(SECOND)
    other, now = seed_on(browser.answer.text), house.clock.now
    for codes in (
        {"code": "000000", "new_code": other.at(now)},
        {"code": app.at(now), "new_code": "000000"},
        {"code": other.at(now), "new_code": other.at(now)},
    ):
        await browser.send(page, **codes)
        assert (browser.answer.status_code, await house.ended(family)) == (400, False)
        page = Seen(browser.answer.text)
        assert seed_on(browser.answer.text).secret == other.secret
    await browser.send(page, code=app.at(now), new_code=other.at(now))
    assert len(re.findall(r"<code>[A-Z0-9-]{29}</code>", browser.answer.text)) == 10
    assert (await house.who(browser)).methods == {"pwd", "otp"}
    assert await house.ended(family)
    assert await house.told("renew_second_factor") == [("person", ines, "done")]
    house.clock.pass_(seconds=60)
    again = await house.signed_in("ines")
    await again.fill("/sign-in/grand-bend/second-step", code=app.at(house.clock.now))
    assert again.answer.status_code == 400
    await again.fill("/sign-in/grand-bend/second-step", code=other.at(house.clock.now))
    assert again.went == HOME


async def test_a_seed_that_was_not_given_to_this_person_is_not_taken(house, enrolled):
    _, browser, app = enrolled
    [(sealed,)] = await house.sql("select totp_sealed from account")
    page = await browser.see(SECOND)
    for forged in ("", "x", "é", "AAAA" * 30, page.hidden["sealed"][:-8] + "AAAAAAA="):
        now = house.clock.now
        await browser.send(page, sealed=forged, code=app.at(now), new_code=app.at(now))
        assert browser.answer.status_code == 403, forged
    assert [tuple(row) for row in await house.sql("select totp_sealed from account")] == [(sealed,)]


async def test_the_pages_of_the_account_can_be_used_without_eyes_mouse_or_scripts(house, enrolled):
    _, browser, app = enrolled
    for language in ("en", "es"):
        for path in (HOME, CHANGE, SECOND):
            assert_usable(await browser.see(path, **{"accept-language": language}), language)
    await browser.fill(CHANGE, present="a wrong password here", password=NEW)
    assert_usable(Seen(browser.answer.text), "en")
    page = await browser.see(SECOND)
    other = seed_on(browser.answer.text)
    await browser.send(page, code="000000", new_code="000000")
    assert_usable(Seen(browser.answer.text), "en")
    await browser.send(Seen(browser.answer.text), code=app.at(house.clock.now), new_code=other.at(house.clock.now))
    codes = Seen(browser.answer.text)
    assert_usable(codes, "en")
    # A link to the same page in another language would lead away from codes that are shown once.
    assert [link for link in codes.links if "lang=" in link] == []
    await browser.fill(HOME)
    [spanish] = [link for link in Seen(browser.answer.text).links if "lang=es" in link]
    await browser.see(spanish)
    assert (browser.answer.status_code, browser.went) == (303, HOME)


async def test_a_browser_left_open_sets_no_second_step_up(house):
    await house.account()
    here = await house.signed_in()
    enrol = "/sign-in/grand-bend/enrol"
    assert enrol in (await here.see(HOME)).links
    page = await here.see(enrol)
    assert "<svg" in here.answer.text
    app = seed_on(here.answer.text)
    house.clock.pass_(minutes=16)
    await here.see(enrol)
    assert here.answer.status_code == 401
    await here.send(page, code=app.at(house.clock.now))
    assert here.answer.status_code == 401
    assert await house.sql("select 1 from account where totp_confirmed_at is not null") == []
