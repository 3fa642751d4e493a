"""The person of an access token (OpenID Connect Core section 5.3): the claims that the scopes allow."""

from functools import partial
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from api.oauth.ports import OAuthStore
from api.security.bearer_tokens import TokenVerifier
from domain.oauth.model import PersonName
from domain.shared.context import Actor, ActorKind
from domain.shared.errors import Code, Forbidden
from domain.shared.ids import PersonId


async def userinfo(request: Request, verifier: TokenVerifier, store: OAuthStore) -> Response:
    """Return the claims about the person. Raises `Forbidden` without the scope `openid`, which no machine has."""
    actor = await verifier.authenticate(request.headers.get("authorization"))
    if actor.kind is not ActorKind.PERSON or "openid" not in actor.scopes:
        raise Forbidden(
            "this needs a person's token with the scope openid", code=Code.INSUFFICIENT_SCOPE, extensions={"scope": "openid"}
        )
    person = await store.bridge(partial(_person, store, actor))
    return JSONResponse(_claims(actor, person), headers={"Cache-Control": "no-store"})


def _person(store: OAuthStore, actor: Actor) -> PersonName | None:
    store.set_tenant(actor.district_id)
    return store.families.person(PersonId(UUID(actor.id)))


def _claims(actor: Actor, person: PersonName | None) -> dict[str, str]:
    claims = {"sub": actor.id}
    if person is not None and "profile" in actor.scopes:
        claims |= {
            "given_name": person.given_name,
            "family_name": person.family_name,
            "name": f"{person.given_name} {person.family_name}",
        }
    if person is not None and person.email is not None and "email" in actor.scopes:
        claims |= {"email": person.email}
    return claims
