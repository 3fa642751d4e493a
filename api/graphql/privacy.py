"""What is kept and for how long, legal holds, and the erasure of people."""

from typing import Any

import strawberry

from api.graphql.context import Info
from api.graphql.fields import changes, field, lists, reads
from api.graphql.nodes import found_by
from domain.privacy.usecases import erase_person as people
from domain.privacy.usecases import legal_holds as holding
from domain.privacy.usecases import retention as retaining
from domain.privacy.usecases.data_map import read_data_map
from domain.privacy.views import DataMapView


def _data_map(info: Info) -> Any:
    return read_data_map(info.context.request.app.state.data_map)


LegalHold = found_by(holding.read_legal_hold, {"hold_id": "id"})


@strawberry.type
class PrivacyQuery:
    data_map = field(_data_map, [], DataMapView, read_data_map, "dataMap")
    retention = reads(retaining.read_retention)
    retention_preview = reads(retaining.read_retention_preview)
    legal_hold = reads(holding.read_legal_hold)
    legal_holds = lists(holding.list_legal_holds)
    erasure_preview = reads(people.read_erasure_preview)


@strawberry.type
class PrivacyMutation:
    put_retention = changes(retaining.put_retention)
    apply_retention = changes(retaining.apply_retention)
    start_retention = changes(retaining.start_retention)
    put_legal_hold = changes(holding.put_legal_hold)
    release_legal_hold = changes(holding.release_legal_hold)
    erase_person = changes(people.erase_person)
