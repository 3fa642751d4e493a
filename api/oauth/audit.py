"""Audit rows of the authorization server, written in the bridge's transaction and so committed with the action.

Its actions run in Authlib's grants, not as use cases, so that nothing records them by itself. Rows hold ids and fixed
words, never a token, a code or a digest of one.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from api.logging import request_id
from api.middleware.rate_limit import WindowCounters
from api.oauth.ports import OAuthStore
from domain.oauth.audit_actions import DenialReason, OAuthAction
from domain.shared.audit import AuditLog, Ending, Subject
from domain.shared.context import Actor, ActorKind
from domain.shared.ids import DistrictId, PersonId, SessionId
from domain.shared.time import truncate_to_milliseconds

RECORDED_FAILURES = 10
"""How many failed authentications at one client are recorded a minute."""


@dataclass(frozen=True, kw_only=True)
class AuditConfig:
    """What audit rows are made with, as in `Environment`. `enabled`: False writes no rows, to measure their cost."""

    new_id: Callable[[], UUID]
    digest: Callable[[object], bytes]
    enabled: bool = True


@dataclass(frozen=True, kw_only=True)
class AuditEvent:
    """The object of an action and its outcome. `before` and `after` are states, stored as keyed digests."""

    object_type: Subject | None = None
    object_id: UUID | None = None
    further: Iterable[UUID] = ()
    outcome: Ending = Ending.DONE
    code: str | None = None
    before: object = None
    after: object = None


class AuditRecorder:
    """Writes audit rows inside the bridge; the tenant of the transaction must be the actor's district."""

    def __init__(self, store: OAuthStore, config: AuditConfig, now: Callable[[], datetime]) -> None:
        self._store = store
        self._config = config
        self._now = now
        self._failures = WindowCounters(lambda: now().timestamp())

    def record_failed_authentication(
        self, action: OAuthAction, district_id: DistrictId, reason: DenialReason, object_type: Subject, object_id: UUID | None
    ) -> None:
        """Record a failed authentication as `object_id`, at most `RECORDED_FAILURES` a minute, as anyone can try."""
        if self._config.enabled and self._failures.try_add(str(object_id), RECORDED_FAILURES, 1)[0]:
            self._store.set_tenant(district_id)
            self.record(action, unknown_actor(district_id), denied(reason, object_type, object_id))

    def record(self, action: OAuthAction, actor: Actor, event: AuditEvent) -> None:
        """Write a row about `action`; it is rolled back with the transaction."""
        if not self._config.enabled:
            return
        now = self._now()
        audit_log = AuditLog(
            action=action.value,
            at=truncate_to_milliseconds(now),
            request_id=request_id.get() or "",
            new_id=self._config.new_id,
            digest=self._config.digest,
            outcome=event.outcome,
            code=event.code,
        )
        if event.object_type is not None:
            audit_log.record(
                event.object_type, event.object_id, further_ids=event.further, before=event.before, after=event.after
            )
        self._store.write_audit(actor, audit_log)


def denied(reason: DenialReason, object_type: Subject | None = None, object_id: UUID | None = None) -> AuditEvent:
    """Return the event of a denied request, with its object if the id is known."""
    return AuditEvent(
        object_type=None if object_id is None else object_type, object_id=object_id, outcome=Ending.REFUSED, code=reason.value
    )


def client_actor(client_id: str, district_id: DistrictId) -> Actor:
    """Return the actor of a client that authenticated."""
    return _actor(ActorKind.CLIENT, client_id, district_id, client_id)


def person_actor(person_id: PersonId, district_id: DistrictId, client_id: str, session_id: SessionId | None = None) -> Actor:
    """Return the actor of a signed-in person who uses an app."""
    return _actor(ActorKind.PERSON, str(person_id), district_id, client_id, session_id)


def unknown_actor(district_id: DistrictId) -> Actor:
    """Return the actor of an unauthenticated request: the OAuth endpoints themselves."""
    return _actor(ActorKind.CLIENT, "oauth", district_id, "")


def id_of(client_id: str) -> UUID | None:
    """Return the client's id as an audit object id; None for the built-in app, whose id is a name."""
    try:
        return UUID(client_id)
    except ValueError:
        return None


def _actor(
    kind: ActorKind, actor_id: str, district_id: DistrictId, client_id: str, session_id: SessionId | None = None
) -> Actor:
    return Actor(
        kind=kind,
        id=actor_id,
        district_id=district_id,
        origin="oauth",
        scopes=frozenset(),
        client_id=client_id,
        session_id=session_id,
    )
