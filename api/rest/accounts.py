"""How people sign in: codes, deactivation, and the district's identity providers."""

from api.rest.example_ids import LEADER, NOBODY
from api.rest.operations import Example, Operation, UseCase, router_of
from domain.accounts.usecases import admin, identity_providers, provider_logout

AT = {"person_id": LEADER}
LOST = Example(summary="Unknown, or another district's.", path={"person_id": NOBODY}, status=404)
LOST_TOO = Example(summary="Unknown, or another district's.", path={"person_id": NOBODY}, body={}, status=404)
GOOGLE = {
    "kind": "google",
    "name": "Grand Bend Google",
    "client_id": "evenkeel.apps.googleusercontent.com",
    "client_secret": "a-secret-of-the-provider",
    "tenants": ["grandbend.k12.tx.us"],
    "claim": "sub",
    "roster_field": "user_id:Google",
}


def _does(path: str, use_case: UseCase, summary: str, said: str) -> Operation:
    """Without an Idempotency-Key: twice is once by itself, or an answer holds what must not be kept."""
    return Operation(
        method="POST",
        path=path,
        use_case=use_case,
        summary=summary,
        examples=(Example(summary=said, path=AT, body={}), LOST_TOO),
    )


router = router_of(
    "/v1",
    "accounts",
    (
        Operation(
            method="GET",
            path="/people/{person_id}/account",
            use_case=admin.read_account,
            summary="How a person signs in",
            examples=(Example(summary="Known.", path=AT), LOST),
        ),
        Operation(
            method="POST",
            path="/people/{person_id}/sign-in-codes",
            use_case=admin.create_sign_in_code,
            summary="Make a one-time code to print for a person",
            status=201,
            examples=(Example(summary="For somebody of the roster.", path=AT, body={}, status=201), LOST_TOO),
        ),
        _does(
            "/people/{person_id}/deactivate",
            admin.deactivate_person,
            "Let a person in no more",
            "Browsers, tokens and codes end at once.",
        ),
        _does(
            "/people/{person_id}/activate",
            admin.activate_person,
            "Let a person in again",
            "Who was never deactivated stays as they are.",
        ),
        Operation(
            method="PUT",
            path="/people/{person_id}/account/break-glass",
            use_case=admin.put_break_glass,
            summary="Let a person sign in by password when the provider is down",
            examples=(
                Example(summary="From now on.", path=AT, body={"allowed": True}),
                Example(summary="Not said.", path=AT, body={}, status=422),
            ),
        ),
        Operation(
            method="POST",
            path="/people/{person_id}/account/links/{link_id}:remove",
            use_case=provider_logout.remove_identity_link,
            summary="Let a provider's subject be a person no more",
            examples=(
                Example(summary="One that is no more.", path=AT | {"link_id": NOBODY}, body={}),
                Example(summary="Nobody of the district.", path={"person_id": NOBODY, "link_id": NOBODY}, body={}, status=404),
            ),
        ),
        Operation(
            method="GET",
            path="/identity-providers",
            use_case=identity_providers.list_identity_providers,
            summary="The district's identity providers",
            examples=(
                Example(summary="Without their secrets."),
                Example(summary="A parameter that is none.", query={"colour": "blue"}, status=422),
            ),
        ),
        Operation(
            method="PUT",
            path="/identity-providers/{code}",
            use_case=identity_providers.put_identity_provider,
            summary="Add or change an identity provider",
            versioned=True,
            examples=(
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
            ),
        ),
        Operation(
            method="POST",
            path="/identity-providers/{code}:remove",
            use_case=identity_providers.remove_identity_provider,
            summary="Let nobody sign in by a provider any more",
            examples=(
                Example(summary="The one just added.", path={"code": "google"}, body={}),
                Example(summary="A member too many.", path={"code": "google"}, body={"colour": "blue"}, status=422),
            ),
        ),
    ),
)
