"""How people sign in: codes, deactivation, and the district's identity providers."""

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
    """Without an Idempotency-Key: twice is once by itself, or an answer holds what must not be stored."""
    return Example(summary=summary, path=LEADER_PATH, body={}), UNKNOWN_PERSON_EMPTY_BODY


router = Router(prefix="/v1", tags=["accounts"])


@router.get("/people/{person_id:uuid}/account")
@operation(admin.read_account, Example(summary="Known.", path=LEADER_PATH), UNKNOWN_PERSON)
async def read_account(cmd: Annotated[ReadAccount, from_query(ReadAccount, "person_id")], runner: Runner) -> AccountView:
    """How a person signs in."""
    return await runner.run(admin.read_account, cmd)


@router.post("/people/{person_id:uuid}/sign-in-codes", status_code=201)
@operation(
    admin.create_sign_in_code,
    Example(summary="For somebody of the roster.", path=LEADER_PATH, body={}, status=201),
    UNKNOWN_PERSON_EMPTY_BODY,
)
async def create_sign_in_code(
    cmd: Annotated[CreateSignInCode, from_body(CreateSignInCode, "person_id")], runner: Runner
) -> SignInCodeView:
    """Make a one-time code to print for a person."""
    return await runner.run(admin.create_sign_in_code, cmd)


@router.post("/people/{person_id:uuid}/deactivate")
@operation(admin.deactivate_person, *_unkeyed_examples("Browsers, tokens and codes end at once."))
async def deactivate_person(
    cmd: Annotated[DeactivatePerson, from_body(DeactivatePerson, "person_id")], runner: Runner
) -> AccountView:
    """Let a person in no more."""
    return await runner.run(admin.deactivate_person, cmd)


@router.post("/people/{person_id:uuid}/activate")
@operation(admin.activate_person, *_unkeyed_examples("Who was never deactivated stays as they are."))
async def activate_person(
    cmd: Annotated[ActivatePerson, from_body(ActivatePerson, "person_id")], runner: Runner
) -> AccountView:
    """Let a person in again."""
    return await runner.run(admin.activate_person, cmd)


@router.put("/people/{person_id:uuid}/account/break-glass")
@operation(
    admin.put_break_glass,
    Example(summary="From now on.", path=LEADER_PATH, body={"allowed": True}),
    Example(summary="Not said.", path=LEADER_PATH, body={}, status=422),
)
async def put_break_glass(cmd: Annotated[PutBreakGlass, from_body(PutBreakGlass, "person_id")], runner: Runner) -> AccountView:
    """Let a person sign in by password when the provider is down."""
    return await runner.run(admin.put_break_glass, cmd)


@router.post("/people/{person_id:uuid}/account/links/{link_id:uuid}:remove")
@operation(
    provider_logout.remove_identity_link,
    Example(summary="One that is no more.", path=LEADER_PATH | {"link_id": UNKNOWN_ID}, body={}),
    Example(summary="Nobody of the district.", path={"person_id": UNKNOWN_ID, "link_id": UNKNOWN_ID}, body={}, status=404),
)
async def remove_identity_link(
    cmd: Annotated[RemoveIdentityLink, from_body(RemoveIdentityLink, "person_id", "link_id")], runner: Runner
) -> AccountView:
    """Let a provider's subject be a person no more."""
    return await runner.run(provider_logout.remove_identity_link, cmd)


@router.get("/identity-providers")
@operation(
    identity_providers.list_identity_providers,
    Example(summary="Without their secrets."),
    Example(summary="A parameter that is none.", query={"colour": "blue"}, status=422),
)
async def list_identity_providers(
    cmd: Annotated[ListIdentityProviders, from_query(ListIdentityProviders)], runner: Runner
) -> IdentityProvidersView:
    """The district's identity providers."""
    return await runner.run(identity_providers.list_identity_providers, cmd)


@router.put("/identity-providers/{code:code}")
@operation(
    identity_providers.put_identity_provider,
    Example(summary="A new one.", path={"code": "google"}, body=GOOGLE),
    Example(
        summary="Somebody was faster.",
        path={"code": "google"},
        body=GOOGLE,
        headers={"If-Match": '"999"'},
        status=412,
    ),
    Example(summary="By e-mail.", path={"code": "google"}, body=GOOGLE | {"claim": "email"}, status=422),
    Example(summary="For everybody.", path={"code": "google"}, body=GOOGLE | {"tenants": []}, status=422),
)
async def put_identity_provider(
    cmd: Annotated[PutIdentityProvider, from_body(PutIdentityProvider, "code")], runner: Runner
) -> IdentityProviderView:
    """Add or change an identity provider."""
    return await runner.run(identity_providers.put_identity_provider, cmd)


@router.post("/identity-providers/{code:code}:remove")
@operation(
    identity_providers.remove_identity_provider,
    Example(summary="The one just added.", path={"code": "google"}, body={}),
    Example(summary="A member too many.", path={"code": "google"}, body={"colour": "blue"}, status=422),
)
async def remove_identity_provider(
    cmd: Annotated[RemoveIdentityProvider, from_body(RemoveIdentityProvider, "code")], runner: Runner
) -> IdentityProvidersView:
    """Let nobody sign in by a provider any more."""
    return await runner.run(identity_providers.remove_identity_provider, cmd)
