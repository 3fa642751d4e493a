"""The audit trail."""

import strawberry

from api.graphql.fields import lists
from domain.audit import usecases


@strawberry.type
class AuditQuery:
    audit_events = lists(usecases.list_audit_events)
    audit_blocks = lists(usecases.list_audit_blocks)
