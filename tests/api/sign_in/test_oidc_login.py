"""District single sign-on against a provider that is honest, or is not."""

import pytest

from domain.accounts.commands import DeactivatePerson, ReadAccount, RemoveIdentityLink
from domain.accounts.identity_provider_commands import RemoveIdentityProvider
from domain.accounts.usecases.admin import deactivate_person, read_account
from domain.accounts.usecases.identity_providers import remove_identity_provider
from domain.accounts.usecases.provider_logout import remove_identity_link
from persistence.repositories.accounts import PgAccounts
from tests.support.fake_oidc_provider import FakeProvider, unsigned, with_other_key, with_secret
from tests.support.sign_in import house_of
from tests.support.sign_in_with_provider import SECRET, Town

TENANT = "6f1c2a9e-0000-4000-8000-00000000a001"
ENTRA_METADATA = "https://login.microsoftonline.com/organizations/v2.0/.well-known/openid-configuration"


async def refused(town, browser):
    assert browser.answer.status_code in {400, 403, 404}, browser.answer.text
    assert await town.house.who(browser) is None
    assert await town.house.sql("select 1 from browser_session") == []
    assert await town.house.sql("select 1 from identity_link") == []


async def test_the_first_sign_in_links_the_subject_to_the_one_person_whom_the_pair_finds(town):
    browser = await town.through(next_="/oauth/authorize?client_id=1")
    assert browser.went == "/oauth/authorize?client_id=1"
    known = await town.house.who(browser)
    assert (known.person_id, known.methods) == (town.ada, {"fed"})
    [link] = await town.house.sql("select issuer, subject, person_id from identity_link")
    assert tuple(link) == (town.provider.issuer, "subject-1", town.ada)


async def test_afterwards_the_subject_counts_and_not_the_claim(town):
    await town.through()
    bo = await town.house.person("Bo", "Li", identifier="E-200")
    town.provider.claims["employee_id"] = "E-200"
    assert (await town.house.who(await town.through())).person_id == town.ada
    town.provider.claims = {"sub": "subject-2", "employee_id": "E-200"}
    assert (await town.house.who(await town.through())).person_id == bo


@pytest.mark.parametrize("value", ["E-999", "", None, True, ["E-100"], {"a": 1}, "E-100\x00"])
async def test_nobody_is_made_who_is_not_in_the_roster(town, value):
    town.provider.claims["employee_id"] = value
    browser = await town.through()
    assert browser.answer.status_code == 403
    assert "Ask your district" in browser.answer.text
    await refused(town, browser)
    assert len(await town.house.sql("select 1 from person")) == 1


async def test_two_people_of_the_same_number_are_nobody(town):
    await town.house.person("Bo", "Li", identifier="E-100")
    await refused(town, await town.through())


async def test_an_address_in_a_token_lets_nobody_in(town):
    """nOAuth: whoever runs a tenant writes anybody's address there."""
    town.provider.claims = {"sub": "mallory", "email": "ada@grandbend.k12.tx.us", "email_verified": True}
    town.provider.userinfo = dict(town.provider.claims)
    await refused(town, await town.through())


async def test_who_left_or_was_deactivated_is_not_let_in_by_the_provider(town):
    await town.through()
    await town.house.run(deactivate_person, DeactivatePerson(person_id=town.ada))
    browser = await town.through()
    assert (browser.answer.status_code, await town.house.who(browser)) == (403, None)


TWISTS = {
    "another audience": lambda c: c | {"aud": "another-client"},
    "another audience, for us by azp": lambda c: c | {"aud": "another-client", "azp": "evenkeel"},
    "audiences without us": lambda c: c | {"aud": ["another-client"]},
    "no audience": lambda c: {k: v for k, v in c.items() if k != "aud"},
    "another issuer": lambda c: c | {"iss": "https://evil.example"},
    "no issuer": lambda c: {k: v for k, v in c.items() if k != "iss"},
    "another nonce": lambda c: c | {"nonce": "another"},
    "no nonce": lambda c: {k: v for k, v in c.items() if k != "nonce"},
    "long expired": lambda c: c | {"exp": c["exp"] - 10_000, "iat": c["iat"] - 10_000},
    "without end": lambda c: {k: v for k, v in c.items() if k != "exp"},
    "no subject": lambda c: {k: v for k, v in c.items() if k != "sub"},
    "a subject that is no text": lambda c: c | {"sub": 7},
}


@pytest.mark.parametrize("twist", TWISTS, ids=str)
async def test_a_token_that_is_not_for_us_now_lets_nobody_in(town, twist):
    town.provider.twist = TWISTS[twist]
    await refused(town, await town.through())


@pytest.mark.parametrize("sign", [unsigned, with_secret(SECRET), with_other_key, lambda _: "x.y.z"])
async def test_a_token_without_the_provider_s_signature_lets_nobody_in(town, sign):
    town.provider.sign = sign
    await refused(town, await town.through())


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://login.example.net/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"id_token_signing_alg_values_supported": ["none", "HS256"]},
        {"authorization_endpoint": None},
    ],
)
async def test_metadata_that_are_not_the_provider_s_are_not_used(town, metadata):
    town.provider.metadata_twist = metadata
    browser = town.house.browser()
    browser.answer = await browser.http.get("/sign-in/grand-bend/with/district")
    assert "location" not in browser.answer.headers
    await refused(town, browser)


async def test_metadata_set_nothing_of_our_own_client(town):
    town.provider.metadata_twist = {
        "verify": False,
        "follow_redirects": True,
        "scope": "everything",
        "transport": "x",
        "jwks": {},
    }
    location = await town.leave(town.house.browser())
    assert "scope=openid+profile&" in location
    assert await town.house.who(await town.through()) is not None


async def test_a_state_of_nobody_s_is_refused(town):
    browser = town.house.browser()
    params = town.provider.authorize(await town.leave(browser))
    await town.back(browser, code=params["code"], state="made-up")
    await refused(town, browser)


async def test_a_code_that_another_browser_asked_for_is_refused(town):
    """Sign-in CSRF: mallory's code must not sign the victim in."""
    mallory, victim = town.house.browser(), town.house.browser()
    params = town.provider.authorize(await town.leave(mallory))
    await town.back(victim, **params)
    await refused(town, victim)


async def test_a_code_is_redeemed_once(town):
    browser = town.house.browser()
    params = town.provider.authorize(await town.leave(browser))
    await town.back(browser, **params)
    assert browser.answer.status_code == 303
    await town.back(browser, **params)
    assert browser.answer.status_code == 400


async def test_a_code_of_one_provider_is_not_taken_to_another(town):
    """Mix-up: the state of a flow with one provider means nothing at another's callback."""
    other = Town(town.house, town.provider, "other")
    await other.configure(issuer=town.provider.issuer)
    browser = town.house.browser()
    params = town.provider.authorize(await other.leave(browser))
    await town.back(browser, **params)
    await refused(town, browser)


async def test_an_answer_that_names_another_issuer_is_refused(town):
    await refused(town, await town.through(iss="https://evil.example"))


async def test_the_provider_s_words_do_not_get_onto_our_page(town):
    browser = town.house.browser()
    params = town.provider.authorize(await town.leave(browser))
    await town.back(browser, error="access_denied", error_description="<script>alert(1)</script>", state=params["state"])
    assert "alert" not in browser.answer.text
    await refused(town, browser)


async def test_next_is_ours_after_single_sign_on_too(town):
    browser = await town.through(next_="//evil.example/")
    assert browser.went == "/signed-in"


async def test_a_session_fixed_beforehand_is_replaced(town):
    browser = await town.through()
    fixed = browser.session
    await town.through(browser)
    assert browser.session != fixed
    assert len(await town.house.sql("select 1 from browser_session")) == 1


async def test_what_the_token_lacks_comes_from_the_userinfo_of_the_same_subject(town):
    del town.provider.claims["employee_id"]
    town.provider.userinfo = {"sub": "somebody-else", "employee_id": "E-100"}
    await refused(town, await town.through())
    town.provider.userinfo = {"sub": "subject-1", "employee_id": "E-100"}
    assert (await town.house.who(await town.through())).person_id == town.ada


async def test_an_admin_gives_a_second_factor_unless_the_provider_took_several(town):
    ines = await town.house.person("Ines", "Ruiz", role="district_admin", identifier="E-300")
    town.provider.claims = {"sub": "s3", "employee_id": "E-300"}
    browser = await town.through()
    assert (browser.went, await town.house.who(browser)) == ("/sign-in/grand-bend/enrol", None)
    town.provider.claims["amr"] = ["pwd", "mfa"]
    assert (await town.house.who(await town.through())).person_id == ines


@pytest.fixture
async def kind(database, request):
    """A town whose provider is of a kind: issuer, where its metadata are, what is said of it."""
    name, issuer, metadata, said = request.param
    provider = FakeProvider(issuer, metadata)
    async with house_of(database, outbound=provider) as house:
        made = Town(house, provider, name)
        await made.configure(name, **said)
        made.ada = await house.person("Ada", "Lopez", identifier="E-100")
        provider.claims = {"sub": "subject-1", "employee_id": "E-100"}
        yield made


GOOGLE = ("google", "https://accounts.google.com", None, {"tenants": ("grandbend.k12.tx.us",)})
ENTRA = ("entra", "https://login.microsoftonline.com/{tenantid}/v2.0", ENTRA_METADATA, {"tenants": (TENANT,)})
CLEVER = ("clever", "https://clever.com", None, {"tenants": ("58da8c58155b4f0cc4e3b4f1",)})


@pytest.mark.parametrize("kind", [GOOGLE], indirect=True)
async def test_google_tells_the_tenant_by_hd_and_not_by_the_address(kind):
    kind.provider.claims |= {"email": "ada@grandbend.k12.tx.us", "email_verified": True}
    await refused(kind, await kind.through())
    kind.provider.claims["hd"] = "evil.example"
    await refused(kind, await kind.through())
    kind.provider.claims["hd"] = "grandbend.k12.tx.us"
    assert (await kind.house.who(await kind.through())).person_id == kind.ada


@pytest.mark.parametrize("kind", [ENTRA], indirect=True)
async def test_entra_s_issuer_is_that_of_the_tenant_and_the_tenant_is_ours(kind):
    other = "6f1c2a9e-0000-4000-8000-00000000bad1"
    issuer = "https://login.microsoftonline.com/{}/v2.0"
    for tid, of in ((other, other), (TENANT, other), (other, TENANT)):
        kind.provider.claims |= {"tid": tid, "iss": issuer.format(of)}
        await refused(kind, await kind.through())
    kind.provider.claims |= {"tid": TENANT, "iss": issuer.format(TENANT)}
    assert (await kind.house.who(await kind.through())).person_id == kind.ada
    [link] = await kind.house.sql("select issuer from identity_link")
    assert link[0] == issuer.format(TENANT)


@pytest.mark.parametrize("kind", [CLEVER], indirect=True)
async def test_a_code_of_clever_s_portal_that_nobody_asked_for_is_not_redeemed(kind):
    kind.provider.claims["district"] = "58da8c58155b4f0cc4e3b4f1"
    browser = kind.house.browser()
    await kind.back(browser, code="of-the-portal")
    assert (browser.answer.status_code, browser.went) == (303, "/sign-in/grand-bend/with/clever")
    assert not any(url.endswith("/token") for url in kind.provider.asked)
    assert (await kind.house.who(await kind.through(browser))).person_id == kind.ada


async def test_a_code_that_nobody_asked_for_starts_nothing_anew_elsewhere(town):
    browser = town.house.browser()
    await town.back(browser, code="unasked")
    await refused(town, browser)


async def test_a_secret_is_kept_sealed_and_never_shown(town):
    [row] = await town.house.sql("select secret_sealed from identity_provider")
    assert SECRET.encode() not in row[0]
    shown = await town.configure(issuer=town.provider.issuer, client_secret=None, name="Another name")
    assert (shown.name, shown.version) == ("Another name", 2)
    assert "secret" not in repr(shown)
    assert await town.house.who(await town.through()) is not None


async def test_an_admin_sees_who_a_person_is_at_providers_and_takes_it_away(town):
    town.provider.claims["sub"] = "248289761001"
    browser = await town.through()
    family = await town.house.let_in(town.ada)
    [link] = (await town.house.run(read_account, ReadAccount(person_id=town.ada))).links
    assert (link.provider, link.issuer, link.subject_ends) == ("district", town.provider.issuer, "1001")
    assert "24828976" not in repr(link)
    bo = await town.house.person("Bo", "Li", identifier="E-200")
    nobodys = await town.house.run(remove_identity_link, RemoveIdentityLink(person_id=bo, link_id=link.id))
    assert (nobodys.links, await town.house.ended(family)) == ((), False)
    removal = RemoveIdentityLink(person_id=town.ada, link_id=link.id)
    assert (await town.house.run(remove_identity_link, removal)).links == ()
    assert (await town.house.who(browser), await town.house.ended(family)) == (None, True)
    assert ("person", town.ada, "done") in await town.house.told("remove_identity_link")
    # The roster still finds them: the next sign-in links them anew, and a second removal of the old link ends nothing.
    browser = await town.through()
    assert (await town.house.run(remove_identity_link, removal)).links[0].id != link.id
    assert (await town.house.who(browser)).person_id == town.ada


async def test_a_provider_that_is_removed_lets_nobody_in_and_means_the_same_people_when_it_is_back(town):
    await town.through()
    left = await town.house.run(remove_identity_provider, RemoveIdentityProvider(code="district"))
    assert left.providers == ()
    assert (await town.house.browser().http.get("/sign-in/grand-bend/with/district")).status_code == 404
    [link] = (await town.house.run(read_account, ReadAccount(person_id=town.ada))).links
    assert link.provider is None
    shown = await town.configure(issuer=town.provider.issuer)
    assert shown.backchannel_logout_path == "/sign-in/grand-bend/logout/district"
    town.provider.claims["employee_id"] = "E-nobody"
    assert (await town.house.who(await town.through())).person_id == town.ada


async def test_a_link_that_is_taken_away_while_somebody_signs_in_by_it_lets_nobody_in(town, monkeypatch):
    await town.through()
    find = PgAccounts.find

    async def find_and_lose(self, person_id, *, lock=False):
        found = await find(self, person_id, lock=lock)
        if lock:
            await town.house.sql("delete from identity_link")
        return found

    monkeypatch.setattr(PgAccounts, "find", find_and_lose)
    late = await town.through()
    assert (late.answer.status_code, await town.house.who(late)) == (400, None)
