"""District single sign-on against a provider that is honest, or is not."""

import pytest

from domain.accounts.commands import DeactivatePerson, ReadAccount, RemoveIdentityLink
from domain.accounts.identity_provider_commands import RemoveIdentityProvider
from domain.accounts.usecases.admin import deactivate_person, read_account
from domain.accounts.usecases.identity_providers import remove_identity_provider
from domain.accounts.usecases.provider_logout import remove_identity_link
from persistence.repositories.accounts import PgAccounts
from tests.support.fake_oidc_provider import FakeProvider, unsigned, with_other_key, with_secret
from tests.support.sign_in import start_sign_in_app
from tests.support.sign_in_with_provider import SECRET, ProviderSignIn

TENANT = "6f1c2a9e-0000-4000-8000-00000000a001"
ENTRA_METADATA = "https://login.microsoftonline.com/organizations/v2.0/.well-known/openid-configuration"


async def assert_rejected(provider_sign_in, browser):
    assert browser.answer.status_code in {400, 403, 404}, browser.answer.text
    assert await provider_sign_in.sign_in_app.current_user(browser) is None
    assert await provider_sign_in.sign_in_app.sql("select 1 from browser_session") == []
    assert await provider_sign_in.sign_in_app.sql("select 1 from identity_link") == []


async def test_the_first_sign_in_links_the_subject_to_the_one_person_whom_the_pair_finds(provider_sign_in):
    browser = await provider_sign_in.through(next_="/oauth/authorize?client_id=1")
    assert browser.went == "/oauth/authorize?client_id=1"
    known = await provider_sign_in.sign_in_app.current_user(browser)
    assert (known.person_id, known.methods) == (provider_sign_in.ada, {"fed"})
    [link] = await provider_sign_in.sign_in_app.sql("select issuer, subject, person_id from identity_link")
    assert tuple(link) == (provider_sign_in.provider.issuer, "subject-1", provider_sign_in.ada)


async def test_afterwards_the_subject_counts_and_not_the_claim(provider_sign_in):
    await provider_sign_in.through()
    bo = await provider_sign_in.sign_in_app.person("Bo", "Li", identifier="E-200")
    provider_sign_in.provider.claims["employee_id"] = "E-200"
    assert (await provider_sign_in.sign_in_app.current_user(await provider_sign_in.through())).person_id == provider_sign_in.ada
    provider_sign_in.provider.claims = {"sub": "subject-2", "employee_id": "E-200"}
    assert (await provider_sign_in.sign_in_app.current_user(await provider_sign_in.through())).person_id == bo


@pytest.mark.parametrize("value", ["E-999", "", None, True, ["E-100"], {"a": 1}, "E-100\x00"])
async def test_nobody_is_made_who_is_not_in_the_roster(provider_sign_in, value):
    provider_sign_in.provider.claims["employee_id"] = value
    browser = await provider_sign_in.through()
    assert browser.answer.status_code == 403
    assert "Ask your district" in browser.answer.text
    await assert_rejected(provider_sign_in, browser)
    assert len(await provider_sign_in.sign_in_app.sql("select 1 from person")) == 1


async def test_two_people_of_the_same_number_are_nobody(provider_sign_in):
    await provider_sign_in.sign_in_app.person("Bo", "Li", identifier="E-100")
    await assert_rejected(provider_sign_in, await provider_sign_in.through())


async def test_an_address_in_a_token_lets_nobody_in(provider_sign_in):
    """nOAuth: whoever runs a tenant writes anybody's address there."""
    provider_sign_in.provider.claims = {"sub": "mallory", "email": "ada@grandbend.k12.tx.us", "email_verified": True}
    provider_sign_in.provider.userinfo = dict(provider_sign_in.provider.claims)
    await assert_rejected(provider_sign_in, await provider_sign_in.through())


async def test_who_left_or_was_deactivated_is_not_let_in_by_the_provider(provider_sign_in):
    await provider_sign_in.through()
    await provider_sign_in.sign_in_app.run(deactivate_person, DeactivatePerson(person_id=provider_sign_in.ada))
    browser = await provider_sign_in.through()
    assert (browser.answer.status_code, await provider_sign_in.sign_in_app.current_user(browser)) == (403, None)


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
async def test_a_token_that_is_not_for_us_now_lets_nobody_in(provider_sign_in, twist):
    provider_sign_in.provider.twist = TWISTS[twist]
    await assert_rejected(provider_sign_in, await provider_sign_in.through())


@pytest.mark.parametrize("sign", [unsigned, with_secret(SECRET), with_other_key, lambda _: "x.y.z"])
async def test_a_token_without_the_provider_s_signature_lets_nobody_in(provider_sign_in, sign):
    provider_sign_in.provider.sign = sign
    await assert_rejected(provider_sign_in, await provider_sign_in.through())


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
async def test_metadata_that_are_not_the_provider_s_are_not_used(provider_sign_in, metadata):
    provider_sign_in.provider.metadata_twist = metadata
    browser = provider_sign_in.sign_in_app.browser()
    browser.answer = await browser.http.get("/sign-in/grand-bend/with/district")
    assert "location" not in browser.answer.headers
    await assert_rejected(provider_sign_in, browser)


async def test_metadata_set_nothing_of_our_own_client(provider_sign_in):
    provider_sign_in.provider.metadata_twist = {
        "verify": False,
        "follow_redirects": True,
        "scope": "everything",
        "transport": "x",
        "jwks": {},
    }
    location = await provider_sign_in.leave(provider_sign_in.sign_in_app.browser())
    assert "scope=openid+profile&" in location
    assert await provider_sign_in.sign_in_app.current_user(await provider_sign_in.through()) is not None


async def test_a_state_of_nobody_s_is_refused(provider_sign_in):
    browser = provider_sign_in.sign_in_app.browser()
    params = provider_sign_in.provider.authorize(await provider_sign_in.leave(browser))
    await provider_sign_in.back(browser, code=params["code"], state="made-up")
    await assert_rejected(provider_sign_in, browser)


async def test_a_code_that_another_browser_asked_for_is_refused(provider_sign_in):
    """Sign-in CSRF: mallory's code must not sign the victim in."""
    mallory, victim = provider_sign_in.sign_in_app.browser(), provider_sign_in.sign_in_app.browser()
    params = provider_sign_in.provider.authorize(await provider_sign_in.leave(mallory))
    await provider_sign_in.back(victim, **params)
    await assert_rejected(provider_sign_in, victim)


async def test_a_code_is_redeemed_once(provider_sign_in):
    browser = provider_sign_in.sign_in_app.browser()
    params = provider_sign_in.provider.authorize(await provider_sign_in.leave(browser))
    await provider_sign_in.back(browser, **params)
    assert browser.answer.status_code == 303
    await provider_sign_in.back(browser, **params)
    assert browser.answer.status_code == 400


async def test_a_code_of_one_provider_is_not_taken_to_another(provider_sign_in):
    """Mix-up: the state of a flow with one provider means nothing at another's callback."""
    other = ProviderSignIn(provider_sign_in.sign_in_app, provider_sign_in.provider, "other")
    await other.configure(issuer=provider_sign_in.provider.issuer)
    browser = provider_sign_in.sign_in_app.browser()
    params = provider_sign_in.provider.authorize(await other.leave(browser))
    await provider_sign_in.back(browser, **params)
    await assert_rejected(provider_sign_in, browser)


async def test_an_answer_that_names_another_issuer_is_refused(provider_sign_in):
    await assert_rejected(provider_sign_in, await provider_sign_in.through(iss="https://evil.example"))


async def test_the_provider_s_words_do_not_get_onto_our_page(provider_sign_in):
    browser = provider_sign_in.sign_in_app.browser()
    params = provider_sign_in.provider.authorize(await provider_sign_in.leave(browser))
    await provider_sign_in.back(
        browser, error="access_denied", error_description="<script>alert(1)</script>", state=params["state"]
    )
    assert "alert" not in browser.answer.text
    await assert_rejected(provider_sign_in, browser)


async def test_next_is_ours_after_single_sign_on_too(provider_sign_in):
    browser = await provider_sign_in.through(next_="//evil.example/")
    assert browser.went == "/signed-in"


async def test_a_session_fixed_beforehand_is_replaced(provider_sign_in):
    browser = await provider_sign_in.through()
    fixed = browser.session
    await provider_sign_in.through(browser)
    assert browser.session != fixed
    assert len(await provider_sign_in.sign_in_app.sql("select 1 from browser_session")) == 1


async def test_what_the_token_lacks_comes_from_the_userinfo_of_the_same_subject(provider_sign_in):
    del provider_sign_in.provider.claims["employee_id"]
    provider_sign_in.provider.userinfo = {"sub": "somebody-else", "employee_id": "E-100"}
    await assert_rejected(provider_sign_in, await provider_sign_in.through())
    provider_sign_in.provider.userinfo = {"sub": "subject-1", "employee_id": "E-100"}
    assert (await provider_sign_in.sign_in_app.current_user(await provider_sign_in.through())).person_id == provider_sign_in.ada


async def test_an_admin_gives_a_second_factor_unless_the_provider_took_several(provider_sign_in):
    ines = await provider_sign_in.sign_in_app.person("Ines", "Ruiz", role="district_admin", identifier="E-300")
    provider_sign_in.provider.claims = {"sub": "s3", "employee_id": "E-300"}
    browser = await provider_sign_in.through()
    assert (browser.went, await provider_sign_in.sign_in_app.current_user(browser)) == ("/sign-in/grand-bend/enrol", None)
    provider_sign_in.provider.claims["amr"] = ["pwd", "mfa"]
    assert (await provider_sign_in.sign_in_app.current_user(await provider_sign_in.through())).person_id == ines


@pytest.fixture
async def kind(database, request):
    """A town whose provider is of a kind: issuer, where its metadata are, what is said of it."""
    name, issuer, metadata, said = request.param
    provider = FakeProvider(issuer, metadata)
    async with start_sign_in_app(database, outbound=provider) as sign_in_app:
        made = ProviderSignIn(sign_in_app, provider, name)
        await made.configure(name, **said)
        made.ada = await sign_in_app.person("Ada", "Lopez", identifier="E-100")
        provider.claims = {"sub": "subject-1", "employee_id": "E-100"}
        yield made


GOOGLE = ("google", "https://accounts.google.com", None, {"tenants": ("grandbend.k12.tx.us",)})
ENTRA = ("entra", "https://login.microsoftonline.com/{tenantid}/v2.0", ENTRA_METADATA, {"tenants": (TENANT,)})
CLEVER = ("clever", "https://clever.com", None, {"tenants": ("58da8c58155b4f0cc4e3b4f1",)})


@pytest.mark.parametrize("kind", [GOOGLE], indirect=True)
async def test_google_tells_the_tenant_by_hd_and_not_by_the_address(kind):
    kind.provider.claims |= {"email": "ada@grandbend.k12.tx.us", "email_verified": True}
    await assert_rejected(kind, await kind.through())
    kind.provider.claims["hd"] = "evil.example"
    await assert_rejected(kind, await kind.through())
    kind.provider.claims["hd"] = "grandbend.k12.tx.us"
    assert (await kind.sign_in_app.current_user(await kind.through())).person_id == kind.ada


@pytest.mark.parametrize("kind", [ENTRA], indirect=True)
async def test_entra_s_issuer_is_that_of_the_tenant_and_the_tenant_is_ours(kind):
    other = "6f1c2a9e-0000-4000-8000-00000000bad1"
    issuer = "https://login.microsoftonline.com/{}/v2.0"
    for tid, of in ((other, other), (TENANT, other), (other, TENANT)):
        kind.provider.claims |= {"tid": tid, "iss": issuer.format(of)}
        await assert_rejected(kind, await kind.through())
    kind.provider.claims |= {"tid": TENANT, "iss": issuer.format(TENANT)}
    assert (await kind.sign_in_app.current_user(await kind.through())).person_id == kind.ada
    [link] = await kind.sign_in_app.sql("select issuer from identity_link")
    assert link[0] == issuer.format(TENANT)


@pytest.mark.parametrize("kind", [CLEVER], indirect=True)
async def test_a_code_of_clever_s_portal_that_nobody_asked_for_is_not_redeemed(kind):
    kind.provider.claims["district"] = "58da8c58155b4f0cc4e3b4f1"
    browser = kind.sign_in_app.browser()
    await kind.back(browser, code="of-the-portal")
    assert (browser.answer.status_code, browser.went) == (303, "/sign-in/grand-bend/with/clever")
    assert not any(url.endswith("/token") for url in kind.provider.requested_urls)
    assert (await kind.sign_in_app.current_user(await kind.through(browser))).person_id == kind.ada


async def test_a_code_that_nobody_asked_for_starts_nothing_anew_elsewhere(provider_sign_in):
    browser = provider_sign_in.sign_in_app.browser()
    await provider_sign_in.back(browser, code="unasked")
    await assert_rejected(provider_sign_in, browser)


async def test_a_secret_is_kept_sealed_and_never_shown(provider_sign_in):
    [row] = await provider_sign_in.sign_in_app.sql("select secret_sealed from identity_provider")
    assert SECRET.encode() not in row[0]
    shown = await provider_sign_in.configure(issuer=provider_sign_in.provider.issuer, client_secret=None, name="Another name")
    assert (shown.name, shown.version) == ("Another name", 2)
    assert "secret" not in repr(shown)
    assert await provider_sign_in.sign_in_app.current_user(await provider_sign_in.through()) is not None


async def test_an_admin_sees_who_a_person_is_at_providers_and_takes_it_away(provider_sign_in):
    provider_sign_in.provider.claims["sub"] = "248289761001"
    browser = await provider_sign_in.through()
    family = await provider_sign_in.sign_in_app.create_app_session(provider_sign_in.ada)
    [link] = (await provider_sign_in.sign_in_app.run(read_account, ReadAccount(person_id=provider_sign_in.ada))).links
    assert (link.provider, link.issuer, link.subject_ends) == ("district", provider_sign_in.provider.issuer, "1001")
    assert "24828976" not in repr(link)
    bo = await provider_sign_in.sign_in_app.person("Bo", "Li", identifier="E-200")
    nobodys = await provider_sign_in.sign_in_app.run(remove_identity_link, RemoveIdentityLink(person_id=bo, link_id=link.id))
    assert (nobodys.links, await provider_sign_in.sign_in_app.ended(family)) == ((), False)
    removal = RemoveIdentityLink(person_id=provider_sign_in.ada, link_id=link.id)
    assert (await provider_sign_in.sign_in_app.run(remove_identity_link, removal)).links == ()
    assert (await provider_sign_in.sign_in_app.current_user(browser), await provider_sign_in.sign_in_app.ended(family)) == (
        None,
        True,
    )
    assert ("person", provider_sign_in.ada, "done") in await provider_sign_in.sign_in_app.audit_rows("remove_identity_link")
    # The roster still finds them: the next sign-in links them anew, and a second removal of the old link ends nothing.
    browser = await provider_sign_in.through()
    assert (await provider_sign_in.sign_in_app.run(remove_identity_link, removal)).links[0].id != link.id
    assert (await provider_sign_in.sign_in_app.current_user(browser)).person_id == provider_sign_in.ada


async def test_a_provider_that_is_removed_lets_nobody_in_and_means_the_same_people_when_it_is_back(provider_sign_in):
    await provider_sign_in.through()
    left = await provider_sign_in.sign_in_app.run(remove_identity_provider, RemoveIdentityProvider(code="district"))
    assert left.providers == ()
    assert (await provider_sign_in.sign_in_app.browser().http.get("/sign-in/grand-bend/with/district")).status_code == 404
    [link] = (await provider_sign_in.sign_in_app.run(read_account, ReadAccount(person_id=provider_sign_in.ada))).links
    assert link.provider is None
    shown = await provider_sign_in.configure(issuer=provider_sign_in.provider.issuer)
    assert shown.backchannel_logout_path == "/sign-in/grand-bend/logout/district"
    provider_sign_in.provider.claims["employee_id"] = "E-nobody"
    assert (await provider_sign_in.sign_in_app.current_user(await provider_sign_in.through())).person_id == provider_sign_in.ada


async def test_a_link_that_is_taken_away_while_somebody_signs_in_by_it_lets_nobody_in(provider_sign_in, monkeypatch):
    await provider_sign_in.through()
    find = PgAccounts.find

    async def find_and_lose(self, person_id, *, lock=False):
        found = await find(self, person_id, lock=lock)
        if lock:
            await provider_sign_in.sign_in_app.sql("delete from identity_link")
        return found

    monkeypatch.setattr(PgAccounts, "find", find_and_lose)
    late = await provider_sign_in.through()
    assert (late.answer.status_code, await provider_sign_in.sign_in_app.current_user(late)) == (400, None)
