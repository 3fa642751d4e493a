"""Refresh tokens: the library's grant over our families, where each serves once."""

from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError
from authlib.oauth2.rfc6749.grants import RefreshTokenGrant

from api.oauth.audit import Told, by_client, by_person, refused
from api.oauth.client_authentication import ALL_METHODS, Client
from api.oauth.dependencies import Outside, entered
from api.oauth.tokens import Holder
from api.oauth.usable_scopes import usable
from domain.oauth.audit_actions import Act, Why
from domain.oauth.model import IDLE, RefreshToken, Session
from domain.oauth.opaque_tokens import Kind, digest, successor
from domain.oauth.refresh_rotation import Fate, fate
from domain.shared.audit import Ending, Subject

SIGN_IN_AGAIN = (
    "This refresh token does not serve: it is not known, was used already, has ended, or is another client's. "
    "Have the person sign in again."
)


@dataclass(frozen=True, kw_only=True)
class Presented:
    """A refresh token that somebody presents, as the library wants it."""

    holder: Holder
    session: Session
    token: RefreshToken
    fate: Fate

    def check_client(self, client: Client) -> bool:
        """Whether it is this client's."""
        return self.session.client_id == client.get_client_id()

    def get_scope(self) -> str:
        """What was granted, however narrow the last token was."""
        return " ".join(self.session.scopes)


class RotatingGrant(RefreshTokenGrant):
    """Every refresh token serves once; its successor follows from it, so that an answer that was lost can be given again."""

    TOKEN_ENDPOINT_AUTH_METHODS = list(ALL_METHODS)  # noqa: RUF012 - the library's shape
    INCLUDE_NEW_REFRESH_TOKEN = True

    @property
    def outside(self) -> Outside:
        """What the server was made with."""
        found: Outside = self.server.outside
        return found

    def authenticate_refresh_token(self, refresh_token: str) -> Presented:
        """What is presented, if it is good; one that is in two hands ends its family (which commits, beside the refusal).

        Raises ``InvalidGrantError``, with one sentence for everything that is wrong.
        """
        client: Client = self.request.client
        store, now = self.outside.store, self.outside.now()
        district_id = entered(store, Kind.REFRESH, refresh_token, client)
        session = None if district_id is None else store.families.lock_session_of(digest(refresh_token))
        token = None if session is None else store.families.token(digest(refresh_token))
        if district_id is None or session is None or token is None:
            raise InvalidGrantError(SIGN_IN_AGAIN)
        who = by_client(client.get_client_id(), district_id)
        if session.client_id != client.get_client_id():
            self.outside.teller.tell(Act.REFRESH_SESSION, who, refused(Why.OF_ANOTHER_CLIENT, Subject.SESSION, session.id))
            raise InvalidGrantError(SIGN_IN_AGAIN)
        next_one = successor(self.outside.successor_key, refresh_token, district_id)
        decided = fate(session, token, store.families.token(digest(next_one)), now)
        if decided is Fate.REVOKE:
            store.families.revoke(session.id, now)
            self.outside.teller.tell(Act.REFRESH_SESSION, who, refused(Why.TOKEN_REUSED, Subject.SESSION, session.id))
        if decided in {Fate.REVOKE, Fate.REFUSE} or store.families.person(session.person_id) is None:
            raise InvalidGrantError(SIGN_IN_AGAIN)
        holder = Holder(
            district_id=district_id,
            person_id=session.person_id,
            session_id=session.id,
            scopes=session.scopes,
            auth_time=session.auth_time,
            methods=session.methods,
            refresh_token=next_one,
        )
        return Presented(holder=holder, session=session, token=token, fate=decided)

    def authenticate_user(self, refresh_token: Presented) -> Holder:
        return refresh_token.holder

    def generate_token(self, user: Holder, scope: str, *, include_refresh_token: bool, **_: Any) -> dict[str, Any]:
        """The next tokens, with what the person can use now of what was allowed."""
        scope = usable(self.outside, self.request.client.registered, user, scope)
        token: dict[str, Any] = super().generate_token(user=user, scope=scope, include_refresh_token=include_refresh_token)
        return token

    def save_token(self, token: dict[str, Any]) -> None:
        """Keep the successor, and the family alive; one given again is kept already."""
        presented: Presented = self.request.refresh_token
        session, families, now = presented.session, self.outside.store.families, self.outside.now()
        if presented.fate is Fate.ROTATE:
            families.add_token(digest(token["refresh_token"]), session.id, now)
            families.use_session(session.id, now, min(now + IDLE, session.absolute_until))
        holder = presented.holder
        who = by_person(holder.person_id, holder.district_id, session.client_id, session.id)
        ending = Ending.DONE if presented.fate is Fate.ROTATE else Ending.REPLAYED
        self.outside.teller.tell(Act.REFRESH_SESSION, who, Told(subject=Subject.SESSION, object_id=session.id, ending=ending))

    def revoke_old_credential(self, refresh_token: Presented) -> None:
        """It was replaced; kept, so that it gives itself away when it comes back."""
        if refresh_token.fate is Fate.ROTATE:
            self.outside.store.families.replace_token(refresh_token.token.sha256, self.outside.now())
