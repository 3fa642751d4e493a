"""Data map, retention, legal holds and the erasure of people."""

from typing import Any

import strawberry

from api.graphql.context import Info
from api.graphql.fields import connection_field, mutation_field, nullable_field, query_field
from api.graphql.nodes import node_type
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


LegalHold = node_type(read_legal_hold, {"hold_id": "id"})


@strawberry.type
class PrivacyQuery:
    data_map = nullable_field(_data_map, [], DataMapView, read_data_map, "dataMap")
    retention = query_field(read_retention)
    retention_preview = query_field(read_retention_preview)
    legal_hold = query_field(read_legal_hold)
    legal_holds = connection_field(list_legal_holds)
    erasure_preview = query_field(read_erasure_preview)


@strawberry.type
class PrivacyMutation:
    put_retention = mutation_field(put_retention)
    apply_retention = mutation_field(apply_retention)
    start_retention = mutation_field(start_retention)
    put_legal_hold = mutation_field(put_legal_hold)
    release_legal_hold = mutation_field(release_legal_hold)
    erase_person = mutation_field(erase_person)
