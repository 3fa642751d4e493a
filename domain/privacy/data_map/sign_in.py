"""The data map: how people sign in."""

from domain.privacy.data_map.columns import DISTRICT, identifies, plain, refers, sealed, secret
from domain.privacy.data_map.model import Does, Link, OnMerge, Table

ADMIN = "who administers the district"
SERVICE = "the service"
WITH_PERSON = "with the person, or the district"
NO_SECRETS = "holds secrets; people are given a new sign-in code where the district goes"
HERE = "tells of this installation"
PERSON = (Link(column="person_id", does=Does.DELETE, on_merge=OnMerge.DELETE),)

TABLES = (
    Table(
        name="account",
        purpose="How a person signs in.",
        read_by=f"{SERVICE}; {ADMIN}: whether there is one",
        erased=WITH_PERSON,
        links=PERSON,
        travels=False,
        why_not=NO_SECRETS,
        columns=(
            *DISTRICT,
            *refers(person_id="Whose."),
            *identifies(username="The name to sign in with.", username_folded="The same, letter case ignored."),
            *secret(password_hash="Argon2id of the password."),  # noqa: S106 - tells of the column
            *plain(
                break_glass="Whether it opens when single sign-on is the only way.",
                second_factor_waived="Whether a password alone does.",
                deactivated_at="Since when it is closed.",
            ),
            *sealed(totp_sealed="The seed of the second factor."),
            *plain(totp_confirmed_at="Since when it is asked.", totp_last_step="The last code used."),
        ),
    ),
    Table(
        name="account_code",
        purpose="One-time codes and letters with which a password is set.",
        read_by=SERVICE,
        erased="when used or over; with the person, or the district",
        links=PERSON,
        travels=False,
        why_not=NO_SECRETS,
        columns=(
            *DISTRICT,
            *secret(code_sha256="SHA-256 of it."),
            *refers(person_id="For whom."),
            *plain(purpose="What for.", expires_at="Until when."),
        ),
    ),
    Table(
        name="recovery_code",
        purpose="Codes for who lost the second factor.",
        read_by=SERVICE,
        erased=WITH_PERSON,
        links=PERSON,
        travels=False,
        why_not=NO_SECRETS,
        columns=(*DISTRICT, *refers(person_id="Whose."), *secret(code_sha256="SHA-256 of it.")),
    ),
    Table(
        name="browser_session",
        purpose="Browsers that are signed in.",
        read_by=SERVICE,
        erased="a day after sign-in; with the person, or the district",
        links=PERSON,
        travels=False,
        why_not=HERE,
        columns=(
            *DISTRICT,
            *secret(token_sha256="SHA-256 of the cookie."),  # noqa: S106 - tells of the column
            *refers(person_id="Who."),
            *plain(stage="How far they are.", methods="How they signed in.", signed_in_at="When.", seen_at="When last seen."),
        ),
    ),
    Table(
        name="sign_in_tries",
        purpose="Failed tries, so that guessing takes long.",
        read_by=SERVICE,
        erased="a day after the last; with any erased person, or the district",
        travels=False,
        why_not=HERE,
        columns=(
            *DISTRICT,
            *secret(subject="A keyed digest of the name or address that tried."),
            *plain(failures="How many.", last_at="When last.", next_at="When again."),
        ),
    ),
    Table(
        name="identity_provider",
        purpose="Single sign-on of the district.",
        read_by=ADMIN,
        erased="with the district",
        travels=False,
        why_not="its secret can't travel; it is configured again where the district goes",
        columns=(
            *DISTRICT,
            *plain(code="Its code.", kind="Whose product.", name="What the page calls it.", issuer="Its address."),
            *plain(client_id="What we are called there."),
            *sealed(secret_sealed="Our secret there."),  # noqa: S106 - tells of the column
            *plain(
                tenants="Which of its customers are let in.",
                claim="What it tells of a person.",
                roster_field="What of the roster that is.",
                exclusive="Whether it is the only way in.",
                active="Whether it is used.",
                version="Its version.",
            ),
        ),
    ),
    Table(
        name="identity_link",
        purpose="Whom a provider means by whom.",
        read_by=SERVICE,
        erased=WITH_PERSON,
        links=PERSON,
        travels=False,
        why_not="a way to sign in; a first sign-in where the district goes makes it anew",
        columns=(
            *DISTRICT,
            *plain(issuer="Which provider."),
            *identifies(subject="The person's id there."),
            *refers(person_id="Who that is."),
            *plain(linked_at="Since when.", id="Our own id of the link."),
            *secret(sids="SHA-256 of their last sessions there."),
            *plain(ended_at="Until when the provider ended what it vouched for."),
        ),
    ),
    Table(
        name="logout_token",
        purpose="A provider's word that somebody's sign-ins end, so that it counts once.",
        read_by=SERVICE,
        erased="when it expires, within a day; with the district",
        travels=False,
        why_not=HERE,
        columns=(*DISTRICT, *secret(jti_sha256="SHA-256 of its id."), *plain(expires_at="Until when it would count.")),
    ),
)
