"""The second factor: enrolled once, good once, and no way around it."""

import re
from datetime import timedelta

import pyotp
import pytest

from tests.support.sign_in import PASSWORD, ParsedPage

ENROL, STEP = "/sign-in/grand-bend/enrol", "/sign-in/grand-bend/second-step"


@pytest.fixture
async def admin(sign_in_app):
    """A district admin who chose a password, and their browser, which is not in yet."""
    own = await sign_in_app.person("Ines", "Ruiz", role="district_admin")
    browser = sign_in_app.browser()
    await browser.fill("/sign-in/grand-bend/code", code=await sign_in_app.code(own), username="ines", password=PASSWORD)
    return own, browser


def totp_on(text: str) -> pyotp.TOTP:
    return pyotp.TOTP(re.search(r"<code>([A-Z2-7 ]+)</code>", text).group(1).replace(" ", ""))


async def enrolled(sign_in_app, browser):
    page = await browser.see(ENROL)
    totp = totp_on(browser.answer.text)
    await browser.send(page, code=totp.at(sign_in_app.clock.now))
    return totp, re.findall(r"<code>([A-Z0-9-]+)</code>", browser.answer.text)


async def test_an_admin_sets_up_an_app_before_getting_in(sign_in_app, admin):
    own, browser = admin
    assert (browser.went, await sign_in_app.current_user(browser)) == (ENROL, None)
    page = await browser.see(ENROL)
    assert "<svg" in browser.answer.text
    totp = totp_on(browser.answer.text)
    await browser.send(page, code=totp.at(sign_in_app.clock.now + timedelta(minutes=5)))
    assert (browser.answer.status_code, await sign_in_app.current_user(browser)) == (400, None)
    page = ParsedPage(browser.answer.text)
    assert totp_on(browser.answer.text).secret == totp.secret
    await browser.send(page, code=totp.at(sign_in_app.clock.now))
    known = await sign_in_app.current_user(browser)
    assert (known.person_id, known.methods) == (own, {"pwd", "otp"})
    assert len(re.findall(r"<code>[A-Z0-9-]{29}</code>", browser.answer.text)) == 10


async def test_a_password_alone_does_not_do_for_an_admin(sign_in_app, admin):
    totp, _ = await enrolled(sign_in_app, admin[1])
    browser = await sign_in_app.signed_in("ines")
    assert (browser.went, await sign_in_app.current_user(browser)) == (STEP, None)
    sign_in_app.clock.pass_(seconds=30)
    await browser.fill(STEP, code=totp.at(sign_in_app.clock.now))
    assert (await sign_in_app.current_user(browser)).methods == {"pwd", "otp"}


async def test_a_code_of_the_app_is_good_once(sign_in_app, admin):
    totp, _ = await enrolled(sign_in_app, admin[1])
    replayed = totp.at(sign_in_app.clock.now)
    browser = await sign_in_app.signed_in("ines")
    await browser.fill(STEP, code=replayed)
    assert (browser.answer.status_code, await sign_in_app.current_user(browser)) == (400, None)
    sign_in_app.clock.pass_(seconds=30)
    fresh = totp.at(sign_in_app.clock.now)
    await browser.fill(STEP, code=fresh)
    assert browser.answer.status_code == 303
    other = await sign_in_app.signed_in("ines")
    await other.fill(STEP, code=fresh)
    assert (other.answer.status_code, await sign_in_app.current_user(other)) == (400, None)


async def test_a_recovery_code_is_good_once(sign_in_app, admin):
    _, codes = await enrolled(sign_in_app, admin[1])
    assert all(len(code.replace("-", "")) == 24 for code in codes)
    browser = await sign_in_app.signed_in("ines")
    await browser.fill(STEP, code=codes[3].lower())
    assert (await sign_in_app.current_user(browser)).methods == {"pwd", "kba"}
    again = await sign_in_app.signed_in("ines")
    await again.fill(STEP, code=codes[3])
    assert (again.answer.status_code, await sign_in_app.current_user(again)) == (400, None)


async def test_an_app_that_is_enrolled_is_not_replaced_by_whoever_knows_the_password(sign_in_app, admin):
    await enrolled(sign_in_app, admin[1])
    browser = await sign_in_app.signed_in("ines")
    await browser.see(ENROL)
    assert (browser.answer.status_code, browser.went) == (303, STEP)


async def test_a_new_password_leaves_the_second_factor_as_it_was(sign_in_app, admin):
    own, first = admin
    await enrolled(sign_in_app, first)
    browser = sign_in_app.browser()
    fresh = await sign_in_app.code(own)
    await browser.fill("/sign-in/grand-bend/code", code=fresh, username="ines", password="eleven slow barges pass")
    assert (browser.went, await sign_in_app.current_user(browser), await sign_in_app.current_user(first)) == (STEP, None, None)


async def test_guessing_the_app_s_codes_is_held_up_across_sign_ins(sign_in_app, admin):
    await enrolled(sign_in_app, admin[1])
    statuses = []
    for number in range(6):
        browser = await sign_in_app.signed_in("ines", browser=sign_in_app.browser(f"198.51.100.{number}"))
        await browser.fill(STEP, code="000000")
        statuses.append(browser.answer.status_code)
    assert statuses == [400, 400, 400, 400, 400, 429]


async def test_the_seed_is_kept_sealed_and_recovery_codes_hashed(sign_in_app, admin):
    totp, codes = await enrolled(sign_in_app, admin[1])
    [row] = await sign_in_app.sql("select totp_sealed from account")
    assert totp.secret.encode() not in row[0]
    kept = b"".join(r[0] for r in await sign_in_app.sql("select code_sha256 from recovery_code"))
    assert all(code.replace("-", "").encode() not in kept for code in codes)
