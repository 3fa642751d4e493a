"""What the trail calls the acts of the authorization server: each a word like a use case's, but none runs as one."""

from enum import StrEnum


class OAuthAction(StrEnum):
    """One word for each act; ``domain/audit/README.md`` says who stands in the row, and what it is about."""

    GIVE_CONSENT = "give_consent"
    REFUSE_CONSENT = "refuse_consent"
    BEGIN_SESSION = "begin_session"
    REFRESH_SESSION = "refresh_session"
    REVOKE_SESSION = "revoke_session"
    ISSUE_ACCESS_TOKEN = "issue_access_token"  # noqa: S105 - an act's name
    AUTHENTICATE_CLIENT = "authenticate_client"
    REGISTER_CLIENT = "register_client"
    UPDATE_CLIENT = "update_client"
    WITHDRAW_CLIENT = "withdraw_client"


class DenialReason(StrEnum):
    """Codes of refusals that are the trail's alone: the answer on the wire is less exact, so that nobody learns from it."""

    CODE_REUSED = "code_reused"
    TOKEN_REUSED = "refresh_token_reused"  # noqa: S105 - a code's name
    OF_ANOTHER_CLIENT = "of_another_client"
    ACCESS_DENIED = "access_denied"
    INVALID_CLIENT = "invalid_client"
    INVALID_TOKEN = "invalid_token"  # noqa: S105 - a code's name
