"""Accounts of people: one-time codes, deactivation, and the district's identity providers."""

from typing import Annotated

from api.rest.example_ids import LEADER, UNKNOWN_ID
from api.rest.operations import Example, operation
from api.rest.parameters import from_body, from_query
from api.rest.routing import Router
from api.rest.runner import Runner
from domain.accounts.commands import (
    ActivatePerson,
    CreateSignInCode,
    DeactivatePerson,
    PutBreakGlass,
    ReadAccount,
    RemoveIdentityLink,
)
from domain.accounts.identity_provider_commands import ListIdentityProviders, PutIdentityProvider, RemoveIdentityProvider
from domain.accounts.usecases import admin, identity_providers, provider_logout
from domain.accounts.views import AccountView, IdentityProvidersView, IdentityProviderView, SignInCodeView

LEADER_PATH = {"person_id": LEADER}
UNKNOWN_PERSON = Example(summary="Unknown, or another district's.", path={"person_id": UNKNOWN_ID}, status=404)
UNKNOWN_PERSON_EMPTY_BODY = Example(
    summary="Unknown, or another district's.", path={"person_id": UNKNOWN_ID}, body={}, status=404
)
GOOGLE = {
    "kind": "google",
    "name": "Grand Bend Google",
    "client_id": "evenkeel.apps.googleusercontent.com",
    "client_secret": "a-secret-of-the-provider",
    "tenants": ["grandbend.k12.tx.us"],
    "claim": "sub",
    "roster_field": "user_id:Google",
}


def _unkeyed_examples(summary: str) -> tuple[Example, Example]:
    """Return examples of a route without Idempotency-Key: it is idempotent, or its response must not be stored."""
    return Example(summary=summary, path=LEADER_PATH, body={}), UNKNOWN_PERSON_EMPTY_BODY


router = Router(prefix="/v1", tags=["accounts"])


@router.get("/people/{person_id:uuid}/account")
@operation(admin.read_account, Example(summary="An existing one.", path=LEADER_PATH), UNKNOWN_PERSON)
async def read_account(cmd: Annotated[ReadAccount, from_query(ReadAccount, "person_id")], runner: Runner) -> AccountView:
    """Read how a person signs in."""
    return await runner.run(admin.read_account, cmd)


@router.post("/people/{person_id:uuid}/sign-in-codes", status_code=201)
@operation(
    admin.create_sign_in_code,
    Example(summary="For a person of the roster.", path=LEADER_PATH, body={}, status=201),
    UNKNOWN_PERSON_EMPTY_BODY,
)
async def create_sign_in_code(
    cmd: Annotated[CreateSignInCode, from_body(CreateSignInCode, "person_id")], runner: Runner
) -> SignInCodeView:
    """Create a one-time code for a person, to be printed."""
    return await runner.run(admin.create_sign_in_code, cmd)


@router.post("/people/{person_id:uuid}/deactivate")
@operation(admin.deactivate_person, *_unkeyed_examples("Ends browser sessions, tokens and codes at once."))
async def deactivate_person(
    cmd: Annotated[DeactivatePerson, from_body(DeactivatePerson, "person_id")], runner: Runner
) -> AccountView:
    """Deactivate a person: they can no longer sign in."""
    return await runner.run(admin.deactivate_person, cmd)


@router.post("/people/{person_id:uuid}/activate")
@operation(admin.activate_person, *_unkeyed_examples("Changes nothing for an active person."))
async def activate_person(
    cmd: Annotated[ActivatePerson, from_body(ActivatePerson, "person_id")], runner: Runner
) -> AccountView:
    """Reactivate a person."""
    return await runner.run(admin.activate_person, cmd)


@router.put("/people/{person_id:uuid}/account/break-glass")
@operation(
    admin.put_break_glass,
    Example(summary="Allowed from now on.", path=LEADER_PATH, body={"allowed": True}),
    Example(summary="Without the required member.", path=LEADER_PATH, body={}, status=422),
)
async def put_break_glass(cmd: Annotated[PutBreakGlass, from_body(PutBreakGlass, "person_id")], runner: Runner) -> AccountView:
    """Allow a person to sign in by password when the identity provider is down."""
    return await runner.run(admin.put_break_glass, cmd)


@router.post("/people/{person_id:uuid}/account/links/{link_id:uuid}:remove")
@operation(
    provider_logout.remove_identity_link,
    Example(summary="An identity link that no longer exists.", path=LEADER_PATH | {"link_id": UNKNOWN_ID}, body={}),
    Example(summary="An unknown person.", path={"person_id": UNKNOWN_ID, "link_id": UNKNOWN_ID}, body={}, status=404),
)
async def remove_identity_link(
    cmd: Annotated[RemoveIdentityLink, from_body(RemoveIdentityLink, "person_id", "link_id")], runner: Runner
) -> AccountView:
    """Remove a person's link to an identity provider."""
    return await runner.run(provider_logout.remove_identity_link, cmd)


@router.get("/identity-providers")
@operation(
    identity_providers.list_identity_providers,
    Example(summary="All of them; secrets are never returned."),
    Example(summary="An unknown query parameter.", query={"colour": "blue"}, status=422),
)
async def list_identity_providers(
    cmd: Annotated[ListIdentityProviders, from_query(ListIdentityProviders)], runner: Runner
) -> IdentityProvidersView:
    """List the district's identity providers."""
    return await runner.run(identity_providers.list_identity_providers, cmd)


@router.put("/identity-providers/{code:code}")
@operation(
    identity_providers.put_identity_provider,
    Example(summary="A new provider.", path={"code": "google"}, body=GOOGLE),
    Example(
        summary="Changed in the meantime: the version is stale.",
        path={"code": "google"},
        body=GOOGLE,
        headers={"If-Match": '"999"'},
        status=412,
    ),
    Example(
        summary="People matched by e-mail, which is not allowed.",
        path={"code": "google"},
        body=GOOGLE | {"claim": "email"},
        status=422,
    ),
    Example(
        summary="A provider for everyone without the district's tenants.",
        path={"code": "google"},
        body=GOOGLE | {"tenants": []},
        status=422,
    ),
)
async def put_identity_provider(
    cmd: Annotated[PutIdentityProvider, from_body(PutIdentityProvider, "code")], runner: Runner
) -> IdentityProviderView:
    """Add or replace an identity provider."""
    return await runner.run(identity_providers.put_identity_provider, cmd)


@router.post("/identity-providers/{code:code}:remove")
@operation(
    identity_providers.remove_identity_provider,
    Example(summary="The provider that was just added.", path={"code": "google"}, body={}),
    Example(summary="An unknown member.", path={"code": "google"}, body={"colour": "blue"}, status=422),
)
async def remove_identity_provider(
    cmd: Annotated[RemoveIdentityProvider, from_body(RemoveIdentityProvider, "code")], runner: Runner
) -> IdentityProvidersView:
    """Remove an identity provider."""
    return await runner.run(identity_providers.remove_identity_provider, cmd)
