"""The audit log, and the blocks that seal it."""

import strawberry

from api.graphql.fields import connection_field
from domain.audit import usecases


@strawberry.type
class AuditQuery:
    audit_events = connection_field(usecases.list_audit_events)
    audit_blocks = connection_field(usecases.list_audit_blocks)
