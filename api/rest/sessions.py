"""Where one is signed in, and who may register clients."""

from api.rest.example_ids import NOBODY
from api.rest.operations import Example, Operation, router_of
from domain.oauth import usecases

PARTNER = {"name": "Walkthrough partner", "scopes": ["directory:read", "observations:*"]}

router = router_of(
    "/v1",
    "authorization",
    (
        Operation(
            method="GET",
            path="/me/sessions",
            use_case=usecases.list_sessions,
            summary="Devices on which one is signed in",
            examples=(
                Example(summary="One's own.", person=True),
                Example(summary="More than a page holds.", query={"limit": "1000"}, status=422),
            ),
        ),
        Operation(
            method="POST",
            path="/me/sessions:revoke",
            use_case=usecases.revoke_sessions,
            summary="Sign out of devices",
            changes=True,
            examples=(
                Example(summary="Of none.", body={"session_ids": []}, person=True),
                Example(summary="Of somebody else's.", body={"session_ids": [NOBODY]}, status=422, person=True),
            ),
        ),
        Operation(
            method="POST",
            path="/oauth/initial-access-tokens",
            use_case=usecases.create_initial_access_token,
            summary="Let clients register themselves",
            status=201,
            examples=(
                Example(summary="For a partner.", body=PARTNER, status=201),
                Example(summary="For years.", body=PARTNER | {"days": 1000}, status=422),
            ),
        ),
        Operation(
            method="GET",
            path="/oauth/initial-access-tokens",
            use_case=usecases.list_initial_access_tokens,
            summary="What lets clients register themselves",
            examples=(
                Example(summary="All."),
                Example(summary="More than a page holds.", query={"limit": "1000"}, status=422),
            ),
        ),
        Operation(
            method="POST",
            path="/oauth/initial-access-tokens:revoke",
            use_case=usecases.revoke_initial_access_tokens,
            summary="Let nobody register any more",
            changes=True,
            examples=(
                Example(summary="By none.", body={"token_ids": []}),
                Example(summary="By an unknown one.", body={"token_ids": [NOBODY]}, status=422),
            ),
        ),
    ),
)
