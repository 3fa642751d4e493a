"""What is kept and for how long, legal holds, and the erasure of people."""

from typing import Any

import strawberry

from api.graphql.context import Info
from api.graphql.fields import changes, field, lists, reads
from api.graphql.nodes import found_by
from domain.privacy.usecases.data_map import read_data_map
from domain.privacy.usecases.erase_person import erase_person, read_erasure_preview
from domain.privacy.usecases.legal_holds import list_legal_holds, put_legal_hold, read_legal_hold, release_legal_hold
from domain.privacy.usecases.retention import (
    apply_retention,
    put_retention,
    read_retention,
    read_retention_preview,
    start_retention,
)
from domain.privacy.views import DataMapView


def _data_map(info: Info) -> Any:
    return read_data_map(info.context.request.app.state.data_map)


LegalHold = found_by(read_legal_hold, {"hold_id": "id"})


@strawberry.type
class PrivacyQuery:
    data_map = field(_data_map, [], DataMapView, read_data_map, "dataMap")
    retention = reads(read_retention)
    retention_preview = reads(read_retention_preview)
    legal_hold = reads(read_legal_hold)
    legal_holds = lists(list_legal_holds)
    erasure_preview = reads(read_erasure_preview)


@strawberry.type
class PrivacyMutation:
    put_retention = changes(put_retention)
    apply_retention = changes(apply_retention)
    start_retention = changes(start_retention)
    put_legal_hold = changes(put_legal_hold)
    release_legal_hold = changes(release_legal_hold)
    erase_person = changes(erase_person)
