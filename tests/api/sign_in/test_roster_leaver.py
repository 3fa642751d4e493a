"""A roster that lists somebody no more signs them out by the commit that takes it in."""

from domain.roster.usecases import ImportRoster, import_roster
from tests.support.roster_packages import CLEAN, clean
from tests.support.sign_in import PASSWORD


async def test_whoever_the_roster_drops_is_signed_out_by_the_import(house):
    await house.run(import_roster, ImportRoster(package=clean()))
    [(ben,)] = await house.sql("select id from person where sourced_id = 'u2'")
    browser = house.browser()
    await browser.fill("/sign-in/grand-bend/code", code=await house.code(ben), username="ben", password=PASSWORD)
    code = await house.code(ben)
    assert (await house.who(browser)).person_id == ben
    without = clean(
        users="\n".join(line for line in CLEAN["users.csv"].splitlines() if not line.startswith("u2")),
        roles="\n".join(line for line in CLEAN["roles.csv"].splitlines() if not line.startswith(("r2", "r4"))),
    )
    await house.run(import_roster, ImportRoster(package=without, force=True))
    assert await house.who(browser) is None
    assert await house.sql("select 1 from browser_session") == []
    await house.run(import_roster, ImportRoster(package=clean(), force=True))
    assert await house.who(browser) is None
    await browser.fill("/sign-in/grand-bend/code", code=code, username="ben", password=PASSWORD)
    assert browser.answer.status_code == 400
    assert (await house.signed_in("ben")).went == "/signed-in"
