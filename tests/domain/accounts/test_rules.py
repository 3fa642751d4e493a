"""What a user name must be, how long tries are held up, whose claims count."""

from datetime import UTC, datetime, timedelta

import pytest

from api.sign_in.cookies import safe_redirect_path
from domain.accounts.identity_provider_commands import PutIdentityProvider
from domain.accounts.model import IdentityProvider, LoginAttempts, ProviderKind
from domain.accounts.rules import (
    CODE_ALPHABET,
    RECOVERY_GROUPS,
    after_failure,
    expected_issuer,
    fold_username,
    generate_code,
    normalize_code,
)
from domain.shared.errors import Invalid

NOW = datetime(2026, 11, 2, 15, tzinfo=UTC)


def test_a_user_name_is_one_however_it_is_typed():
    assert fold_username(" Ada.L ") == fold_username("ada.l") == fold_username("ａｄａ.ｌ") == "ada.l"


def test_a_code_has_eighty_bits_and_no_letters_that_print_alike():
    assert len(CODE_ALPHABET) == 32
    assert not set("IO01") & set(CODE_ALPHABET)
    codes = {generate_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(len(normalize_code(code)) == 16 and set(normalize_code(code)) <= set(CODE_ALPHABET) for code in codes)


def test_a_recovery_code_has_so_many_bits_that_a_plain_hash_keeps_it():
    codes = {normalize_code(generate_code(RECOVERY_GROUPS)) for _ in range(200)}
    assert len(codes) == 200
    assert all(set(code) <= set(CODE_ALPHABET) and len(code) * 5 >= 112 for code in codes)


def test_a_code_is_read_however_it_is_typed():
    assert normalize_code(" 7kqm 2xwd-9hpa r4te ") == "7KQM2XWD9HPAR4TE"


def test_the_delay_doubles_from_the_fifth_failure_and_ends_at_a_quarter_of_an_hour():
    tries, waits = None, []
    for _ in range(20):
        tries = after_failure(tries, "account", NOW)
        waits.append(int((tries.next_at - NOW).total_seconds()))
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900, 900, 900]


def test_a_day_without_failure_is_forgotten():
    before = LoginAttempts(failures=50, last_at=NOW - timedelta(hours=24, seconds=1), next_at=NOW - timedelta(hours=23))
    assert after_failure(before, "account", NOW).failures == 1
    assert after_failure(LoginAttempts(failures=50, last_at=NOW, next_at=NOW), "account", NOW).failures == 51


def provider(kind, issuer, *tenants):
    return IdentityProvider(
        code="p",
        kind=ProviderKind(kind),
        name="P",
        issuer=issuer,
        client_id="c",
        secret_sealed=b"",
        tenants=tenants,
        claim="sub",
        roster_field="identifier",
        exclusive=False,
        active=True,
        version=1,
    )


def test_the_issuer_is_that_of_a_tenant_of_ours():
    entra = provider("entra", "https://login.microsoftonline.com/{tenantid}/v2.0", "t1", "t2")
    assert expected_issuer(entra, {"tid": "t2"}) == "https://login.microsoftonline.com/t2/v2.0"
    assert expected_issuer(entra, {"tid": "t3"}) is None
    assert expected_issuer(entra, {}) is None
    assert expected_issuer(entra, {"tid": ["t1"]}) is None
    google = provider("google", "https://accounts.google.com", "grandbend.org")
    assert expected_issuer(google, {"hd": "grandbend.org"}) == "https://accounts.google.com"
    assert expected_issuer(google, {"email": "ada@grandbend.org"}) is None
    assert expected_issuer(provider("google", "https://accounts.google.com"), {}) is None
    assert expected_issuer(provider("oidc", "https://login.example"), {}) == "https://login.example"


GOOD = {"code": "p", "kind": ProviderKind.OIDC, "name": "P", "client_id": "c", "issuer": "https://login.example"}


@pytest.mark.parametrize(
    ("message", "pointer"),
    [
        ({"issuer": "http://login.example"}, "/issuer"),
        ({"issuer": "https://user@login.example"}, "/issuer"),
        ({"issuer": "https://login.example?x=1"}, "/issuer"),
        ({"issuer": "https://{tenantid}.example"}, "/issuer"),
        ({"issuer": "file:///etc/passwd"}, "/issuer"),
        ({"issuer": None}, "/issuer"),
        ({"code": "../x"}, "/code"),
        ({"claim": "email"}, "/claim"),
        ({"claim": "UPN"}, "/claim"),
        ({"roster_field": "email"}, "/roster_field"),
        ({"roster_field": "user_id:"}, "/roster_field"),
        ({"kind": ProviderKind.ENTRA, "issuer": None}, "/tenants"),
        ({"kind": ProviderKind.GOOGLE, "issuer": None, "tenants": ("a b",)}, "/tenants"),
    ],
)
def test_a_provider_that_would_let_the_wrong_people_in_is_refused(message, pointer):
    with pytest.raises(Invalid) as refused:
        PutIdentityProvider(**(GOOD | message))
    assert [f.pointer for f in refused.value.errors] == [pointer]


@pytest.mark.parametrize("path", ["/", "/signed-in", "/oauth/authorize?a=b&c=https%3A%2F%2Fapp.example%2Fcb", "/a?b=//c"])
def test_a_path_of_ours_is_a_place_to_go_on_to(path):
    assert safe_redirect_path(path) == path


@pytest.mark.parametrize(
    "path", ["", None, "x", "//x", "/\\x", "https://x", "/ x", "/\nx", "/x//y", "/../x", "/é", "/" + "a" * 5000]
)
def test_whatever_else_is_no_place(path):
    assert safe_redirect_path(path) == ""
