"""Dependencies of the grants and endpoints beyond the request."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from api.oauth.audit import AuditRecorder
from api.oauth.client_authentication import Client
from api.oauth.ports import OAuthStore
from domain.oauth.opaque_tokens import OpaqueTokenKind, district_in_token
from domain.shared.ids import DistrictId


@dataclass(frozen=True, kw_only=True)
class Dependencies:
    """Store, clock, new ids, the key from which successors of refresh tokens are derived, and the audit log."""

    store: OAuthStore
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]
    successor_key: bytes
    audit: AuditRecorder


def enter_district(store: OAuthStore, kind: OpaqueTokenKind, text: str, client: Client) -> DistrictId | None:
    """Set the transaction's tenant to the district in the token `text`.

    None, and no tenant, when `text` is no token of this kind or its district is none of the client's.
    """
    district_id = district_in_token(kind, text)
    if district_id is None or client.registered is None or district_id not in client.registered.districts:
        return None
    store.set_tenant(district_id)
    return district_id
