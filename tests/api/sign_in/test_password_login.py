"""Signing in by user name and password, by a one-time code, and by a letter."""

from domain.roster.commands import ImportRoster
from domain.roster.usecases import import_roster
from tests.support.roster_packages import CLEAN, clean
from tests.support.sign_in import PASSWORD


async def test_a_person_with_a_code_chooses_user_name_and_password_and_signs_in_with_them(sign_in_app):
    ada = await sign_in_app.person()
    first = sign_in_app.browser()
    await first.fill(
        "/sign-in/grand-bend/code", code=(await sign_in_app.code(ada)).lower(), username="Ada.L", password=PASSWORD
    )
    assert (first.answer.status_code, first.went) == (303, "/signed-in")
    assert (await sign_in_app.current_user(first)).person_id == ada
    again = await sign_in_app.signed_in("ADA.L")
    assert again.went == "/signed-in"
    known = await sign_in_app.current_user(again)
    assert (known.person_id, known.district_id, known.methods) == (ada, sign_in_app.district_id, {"pwd"})
    assert "You are signed in" in (await again.http.get("/signed-in")).text


async def test_a_code_is_good_once_and_for_two_weeks(sign_in_app):
    ada, bo = await sign_in_app.person(), await sign_in_app.person("Bo", "Li")
    code = await sign_in_app.code(ada)
    await sign_in_app.browser().fill("/sign-in/grand-bend/code", code=code, username="ada", password=PASSWORD)
    late = sign_in_app.browser()
    await late.fill("/sign-in/grand-bend/code", code=code, username="mallory", password=PASSWORD)
    assert (late.answer.status_code, late.session) == (400, None)
    old = await sign_in_app.code(bo)
    sign_in_app.clock.pass_(days=14)
    await late.fill("/sign-in/grand-bend/code", code=old, username="bo", password=PASSWORD)
    assert (late.answer.status_code, late.session) == (400, None)


async def test_a_new_code_voids_the_one_before(sign_in_app):
    ada = await sign_in_app.person()
    first, second = await sign_in_app.code(ada), await sign_in_app.code(ada)
    browser = sign_in_app.browser()
    await browser.fill("/sign-in/grand-bend/code", code=first, username="ada", password=PASSWORD)
    assert browser.answer.status_code == 400
    await browser.fill("/sign-in/grand-bend/code", code=second, username="ada", password=PASSWORD)
    assert browser.answer.status_code == 303


async def test_a_letter_lets_choose_a_new_password_once_and_ends_what_was_signed_in(sign_in_app):
    await sign_in_app.account(email="ada@grandbend.k12.tx.us")
    before = await sign_in_app.signed_in()
    asking = sign_in_app.browser()
    await asking.fill("/sign-in/grand-bend/forgot", identity="ADA@grandbend.k12.tx.us")
    [(to, _, text)] = sign_in_app.sent_mail.sent
    assert to == "ada@grandbend.k12.tx.us"
    path = next(line for line in text.splitlines() if line.startswith("https://")).removeprefix("https://evenkeel.example.org")
    await asking.fill(path, password="eleven slow barges pass")
    assert asking.answer.status_code == 200
    assert await sign_in_app.current_user(before) is None
    assert (await sign_in_app.signed_in(password=PASSWORD)).answer.status_code == 400
    assert (await sign_in_app.signed_in(password="eleven slow barges pass")).went == "/signed-in"
    await asking.fill(path, password="twelve slow barges pass")
    assert asking.answer.status_code == 400
    assert (await sign_in_app.signed_in(password="twelve slow barges pass")).answer.status_code == 400


async def test_a_letter_is_good_for_half_an_hour(sign_in_app):
    await sign_in_app.account(email="ada@grandbend.k12.tx.us")
    asking = sign_in_app.browser()
    await asking.fill("/sign-in/grand-bend/forgot", identity="ada")
    path = next(line for line in sign_in_app.sent_mail.sent[0][2].splitlines() if line.startswith("https://"))
    sign_in_app.clock.pass_(minutes=30)
    await asking.fill(path, password="eleven slow barges pass")
    assert asking.answer.status_code == 400
    assert (await sign_in_app.signed_in()).went == "/signed-in"


async def test_a_session_ends_after_twelve_hours_unseen_and_after_a_day_in_any_case(sign_in_app):
    await sign_in_app.account()
    idle, busy = await sign_in_app.signed_in(), await sign_in_app.signed_in()
    sign_in_app.clock.pass_(hours=11)
    assert await sign_in_app.current_user(busy) is not None
    sign_in_app.clock.pass_(hours=2)
    assert await sign_in_app.current_user(idle) is None
    assert await sign_in_app.current_user(busy) is not None
    sign_in_app.clock.pass_(hours=10, minutes=59)
    assert await sign_in_app.current_user(busy) is not None
    sign_in_app.clock.pass_(minutes=2)
    assert await sign_in_app.current_user(busy) is None


async def test_signing_out_ends_the_session_and_not_only_the_cookie(sign_in_app):
    await sign_in_app.account()
    browser = await sign_in_app.signed_in()
    kept = browser.session
    await browser.fill("/signed-in")
    assert browser.answer.status_code == 200
    assert browser.session is None
    assert browser.answer.headers["clear-site-data"] == '"cache", "storage"'
    browser.http.cookies.set("__Host-evenkeel-session", kept, domain="evenkeel.example.org")
    assert await sign_in_app.current_user(browser) is None


async def test_signing_in_leads_on_to_where_one_came_from(sign_in_app):
    await sign_in_app.account()
    wanted = "/oauth/authorize?client_id=1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb"
    browser = sign_in_app.browser()
    page = await browser.see("/sign-in?district=grand-bend&next=" + wanted.replace("%", "%25").replace("&", "%26"))
    page = await browser.see(browser.went)
    assert page.hidden["next"] == wanted
    await browser.send(page, username="ada", password=PASSWORD)
    assert browser.went == wanted


async def test_who_signs_in_stands_in_the_trail_and_who_is_refused_in_the_log(sign_in_app, caplog):
    own = await sign_in_app.account()
    caplog.set_level("INFO", logger="evenkeel.signin")
    assert (await sign_in_app.signed_in(password="not what it was")).answer.status_code == 400
    told = "select count(*) from audit_event where action = 'sign_in' and object_kind = 'person' and object_id = $1"
    assert (await sign_in_app.sql(told, own))[0][0] == 0
    assert [line.code for line in caplog.records if line.getMessage() == "sign_in_failed"] == ["unauthenticated"]
    assert (await sign_in_app.signed_in()).went == "/signed-in"
    assert (await sign_in_app.sql(told, own))[0][0] == 1


async def test_whoever_the_roster_drops_is_signed_out_by_the_import(sign_in_app):
    await sign_in_app.run(import_roster, ImportRoster(package=clean()))
    [(ben,)] = await sign_in_app.sql("select id from person where sourced_id = 'u2'")
    browser = sign_in_app.browser()
    await browser.fill("/sign-in/grand-bend/code", code=await sign_in_app.code(ben), username="ben", password=PASSWORD)
    code = await sign_in_app.code(ben)
    assert (await sign_in_app.current_user(browser)).person_id == ben
    without = clean(
        users="\n".join(line for line in CLEAN["users.csv"].splitlines() if not line.startswith("u2")),
        roles="\n".join(line for line in CLEAN["roles.csv"].splitlines() if not line.startswith(("r2", "r4"))),
    )
    await sign_in_app.run(import_roster, ImportRoster(package=without, force=True))
    assert await sign_in_app.current_user(browser) is None
    assert await sign_in_app.sql("select 1 from browser_session") == []
    await sign_in_app.run(import_roster, ImportRoster(package=clean(), force=True))
    assert await sign_in_app.current_user(browser) is None
    await browser.fill("/sign-in/grand-bend/code", code=code, username="ben", password=PASSWORD)
    assert browser.answer.status_code == 400
    assert (await sign_in_app.signed_in("ben")).went == "/signed-in"
