"""The data map: which apps people let in, and what apps hold for that."""

from domain.privacy.data_map.columns import DISTRICT, OWN_ID, about, plain, refers, secret
from domain.privacy.data_map.model import Does, Link, OnMerge, Table

ADMIN = "who administers the district"
SELF = "the person alone"
SERVICE = "the service"
WITH_PERSON = "with the person, or the district"
HERE = "tells of this installation"
PERSON = (Link(column="person_id", does=Does.DELETE, on_merge=OnMerge.DELETE),)

TABLES = (
    Table(
        name="session",
        purpose="Apps that a person let in, one for each device.",
        read_by=SELF,
        erased="180 days after it began; with the person, or the district",
        links=PERSON,
        travels=False,
        why_not=HERE,
        columns=(
            *DISTRICT,
            *OWN_ID,
            *refers(person_id="Who."),
            *plain(client_id="Which app.", client_name="What it is called."),
            *about(device="The kind of device."),
            *plain(
                scopes="What it may do.",
                auth_time="When they signed in.",
                methods="How.",
                created_at="Since when.",
                used_at="When last used.",
                idle_until="Until when if it is not used.",
                absolute_until="Until when at most.",
                revoked_at="When it was ended.",
            ),
        ),
    ),
    Table(
        name="refresh_token",
        purpose="Tokens with which an app goes on.",
        read_by=SERVICE,
        erased="with the session",
        travels=False,
        why_not=HERE,
        columns=(
            *DISTRICT,
            *secret(sha256="SHA-256 of it."),
            *plain(session_id="Of which session.", issued_at="When.", replaced_at="When it was used."),
        ),
    ),
    Table(
        name="authorization_request",
        purpose="What an app asks while a person decides.",
        read_by=SERVICE,
        erased="within minutes; with the person, or the district",
        links=PERSON,
        travels=False,
        why_not=HERE,
        columns=(
            *DISTRICT,
            *secret(sha256="SHA-256 of its name.", browser_sha256="SHA-256 of the browser's cookie."),
            *refers(person_id="Who decides."),
            *plain(client_id="Which app.", parameters="What it asks for.", expires_at="Until when."),
        ),
    ),
    Table(
        name="authorization_code",
        purpose="Codes that an app changes for tokens.",
        read_by=SERVICE,
        erased="with the session, the person, or the district",
        links=PERSON,
        travels=False,
        why_not=HERE,
        columns=(
            *DISTRICT,
            *secret(sha256="SHA-256 of it."),
            *refers(person_id="Whose."),
            *plain(client_id="Which app.", redirect_uri="Where it went.", scopes="What for.", challenge="PKCE's."),
            *about(device="The kind of device."),
            *plain(
                nonce="The app's.",
                auth_time="When they signed in.",
                methods="How.",
                expires_at="Until when.",
                used_at="When it was used.",
                session_id="What came of it.",
            ),
        ),
    ),
    Table(
        name="consent",
        purpose="Apps that need not ask again.",
        read_by=SERVICE,
        erased=WITH_PERSON,
        links=PERSON,
        travels=False,
        why_not=HERE,
        columns=(
            *DISTRICT,
            *refers(person_id="Who."),
            *plain(client_id="Which app.", scopes="What it may ask for.", granted_at="Since when."),
            *secret(client_sha256="SHA-256 of how the app was described then."),
        ),
    ),
    Table(
        name="initial_access_token",
        purpose="With which clients register themselves.",
        read_by=ADMIN,
        erased="with the district",
        travels=False,
        why_not=HERE,
        columns=(
            *DISTRICT,
            *OWN_ID,
            *secret(sha256="SHA-256 of it."),
            *plain(
                name="What for.",
                scopes="What such a client may hold.",
                created_by="Who made it, as kind and id.",
                created_at="When.",
                expires_at="Until when.",
                revoked_at="When it was ended.",
            ),
        ),
    ),
)
