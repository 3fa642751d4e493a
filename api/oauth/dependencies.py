"""What the grants and the endpoints reach beyond the request."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from api.oauth.audit import Teller
from api.oauth.client_authentication import Client
from api.oauth.ports import OAuthStore
from domain.oauth.opaque_tokens import Kind, district_of
from domain.shared.ids import DistrictId


@dataclass(frozen=True, kw_only=True)
class Outside:
    """What the grants reach beyond the request: the register, the clock, new ids, the key of successors, and the trail."""

    store: OAuthStore
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]
    successor_key: bytes
    teller: Teller


def entered(store: OAuthStore, kind: Kind, text: str, client: Client) -> DistrictId | None:
    """The district that ``text`` names, which the transaction stands in from here on; None where the client has no business."""
    district_id = district_of(kind, text)
    if district_id is None or client.registered is None or district_id not in client.registered.districts:
        return None
    store.stand_in(district_id)
    return district_id
