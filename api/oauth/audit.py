"""What the authorization server does is told: a row of the trail in the bridge's transaction, so by the commit of the act.

Its acts run in the library's grants, not as use cases, so nothing tells of them by itself. Ids and words of our own stand in a
row, never a token, a code or what is kept of one.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from api.logging import request_id
from api.middleware.rate_limit import WindowCounters
from api.oauth.ports import OAuthStore
from domain.oauth.audit_actions import Act, Why
from domain.shared.audit import Ending, Subject, Trail
from domain.shared.context import Actor, ActorKind
from domain.shared.ids import DistrictId, PersonId, SessionId
from domain.shared.time import milliseconds

TRIES_PER_MINUTE = 10
"""How many tries at one client are audited."""


@dataclass(frozen=True, kw_only=True)
class Telling:
    """What rows are made with, as ``runner.World`` has it; ``told``: False leaves no trail, for measuring its cost."""

    new_id: Callable[[], UUID]
    digest: Callable[[object], bytes]
    told: bool = True


@dataclass(frozen=True, kw_only=True)
class Told:
    """What an act was about, and how it ended. ``before`` and ``after`` are states, of which keyed digests are kept."""

    subject: Subject | None = None
    object_id: UUID | None = None
    further: Iterable[UUID] = ()
    ending: Ending = Ending.DONE
    code: str | None = None
    before: object = None
    after: object = None


class Teller:
    """Tells of acts inside the bridge; the transaction has to stand in the actor's district."""

    def __init__(self, store: OAuthStore, telling: Telling, now: Callable[[], datetime]) -> None:
        self._store = store
        self._telling = telling
        self._now = now
        self._tries = WindowCounters(lambda: now().timestamp())

    def tell_of_try(self, act: Act, district_id: DistrictId, why: Why, subject: Subject, object_id: UUID | None) -> None:
        """Keep a row about nobody's try at ``object_id``; ten a minute, as anybody can try. The log has every one."""
        if self._telling.told and self._tries.take(str(object_id), TRIES_PER_MINUTE, 1)[0]:
            self._store.stand_in(district_id)
            self.tell(act, by_nobody(district_id), refused(why, subject, object_id))

    def tell(self, act: Act, actor: Actor, said: Told) -> None:
        """Keep a row about ``act`` with what the transaction does; undone with it."""
        if not self._telling.told:
            return
        now = self._now()
        trail = Trail(
            action=act.value,
            at=milliseconds(now),
            request_id=request_id.get() or "",
            new_id=self._telling.new_id,
            digest=self._telling.digest,
            ending=said.ending,
            code=said.code,
        )
        if said.subject is not None:
            trail.about(said.subject, said.object_id, further=said.further, before=said.before, after=said.after)
        self._store.tell(actor, trail)


def refused(why: Why, subject: Subject | None = None, object_id: UUID | None = None) -> Told:
    """A refusal that is told, and what it was about where that is known."""
    return Told(subject=None if object_id is None else subject, object_id=object_id, ending=Ending.REFUSED, code=why.value)


def by_client(client_id: str, district_id: DistrictId) -> Actor:
    """A client that proved itself."""
    return _actor(ActorKind.CLIENT, client_id, district_id, client_id)


def by_person(person_id: PersonId, district_id: DistrictId, client_id: str, session_id: SessionId | None = None) -> Actor:
    """A person who signed in, by the app that they let in."""
    return _actor(ActorKind.PERSON, str(person_id), district_id, client_id, session_id)


def by_nobody(district_id: DistrictId) -> Actor:
    """Whoever says to be a client and does not prove it: nobody, so the endpoints themselves."""
    return _actor(ActorKind.CLIENT, "oauth", district_id, "")


def id_of(client_id: str) -> UUID | None:
    """The client as an object; the app that comes with the installation has a name and no id."""
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
