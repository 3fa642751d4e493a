"""What becomes of a refresh token that is presented; every case of the table."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.oauth.model import RefreshToken, TokenFamily
from domain.oauth.opaque_tokens import OpaqueTokenKind, derive_successor, district_in_token, new_token
from domain.oauth.refresh_rotation import RefreshDecision, decide_refresh
from domain.oauth.user_agent import device_of
from domain.shared.ids import DistrictId, PersonId, SessionId

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DISTRICT = DistrictId(UUID(int=7))


def session(**changes: Any) -> TokenFamily:
    made = {
        "id": SessionId(UUID(int=1)),
        "person_id": PersonId(UUID(int=2)),
        "client_id": "app",
        "client_name": "App",
        "device": "Firefox",
        "scopes": ("scores:read",),
        "auth_time": NOW,
        "methods": ("pwd",),
        "created_at": NOW,
        "used_at": NOW,
        "idle_until": NOW + timedelta(days=30),
        "absolute_until": NOW + timedelta(days=180),
    }
    return TokenFamily(**made | changes)


def token(replaced_at: datetime | None) -> RefreshToken:
    return RefreshToken(sha256=bytes(32), session_id=SessionId(UUID(int=1)), issued_at=NOW, replaced_at=replaced_at)


@pytest.mark.parametrize(
    ("stored", "presented", "following", "expected"),
    [
        (session(), token(None), None, RefreshDecision.ROTATE),
        (session(), token(NOW), token(None), RefreshDecision.REPEAT),
        (session(), token(NOW - 60 * SECOND), token(None), RefreshDecision.REPEAT),
        (session(), token(NOW - 61 * SECOND), token(None), RefreshDecision.REVOKE),
        (session(), token(NOW), token(NOW), RefreshDecision.REVOKE),
        (session(), token(NOW), None, RefreshDecision.REVOKE),
        (session(revoked_at=NOW), token(None), None, RefreshDecision.REJECT),
        (session(idle_until=NOW), token(None), None, RefreshDecision.REJECT),
        (session(absolute_until=NOW), token(None), None, RefreshDecision.REJECT),
        (session(idle_until=NOW + SECOND), token(None), None, RefreshDecision.ROTATE),
    ],
)
def test_fate_of_a_refresh_token(
    stored: TokenFamily, presented: RefreshToken, following: RefreshToken | None, expected: RefreshDecision
):
    assert decide_refresh(stored, presented, following, NOW) is expected


def test_a_successor_is_always_the_same_and_only_for_whoever_holds_the_key():
    first = new_token(OpaqueTokenKind.REFRESH, DISTRICT)
    assert derive_successor(b"key", first, DISTRICT) == derive_successor(b"key", first, DISTRICT)
    assert derive_successor(b"other", first, DISTRICT) != derive_successor(b"key", first, DISTRICT)
    assert district_in_token(OpaqueTokenKind.REFRESH, derive_successor(b"key", first, DISTRICT)) == DISTRICT


def test_a_text_for_one_purpose_is_none_for_another():
    for kind in OpaqueTokenKind:
        made = new_token(kind, DISTRICT)
        assert [other for other in OpaqueTokenKind if district_in_token(other, made) == DISTRICT] == [kind]
        assert district_in_token(kind, made + "A") is None
        assert district_in_token(kind, f" {made}") is None


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (X11; CrOS x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome, Chromebook"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("curl/8", "Unknown device"),
        ("", "Unknown device"),
    ],
)
def test_a_device_is_told_roughly(user_agent: str, device: str):
    assert device_of(user_agent) == device
