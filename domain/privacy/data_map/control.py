"""The data map of schema ``control``: what is read before the district is known."""

from domain.privacy.data_map.columns import DISTRICT, plain, sealed, secret
from domain.privacy.data_map.model import Table

SERVICE = "the service"
OPERATOR = "the operator; the service through named queries"

TABLES = (
    Table(
        name="control.district",
        purpose="The tenants.",
        read_by=f"{OPERATOR}; whoever acts in the district: its own row",
        erased="with the district",
        columns=plain(
            id="The district's id.",
            name="What people call it.",
            time_zone="Its IANA zone.",
            created_at="When it was registered.",
        ),
    ),
    Table(
        name="control.client",
        purpose="OAuth clients: machines and applications.",
        read_by=OPERATOR,
        erased="with the last district in which it is enabled",
        columns=(
            *plain(client_id="Its public id.", name="What people call it.", origin="The pushing system it belongs to."),
            *secret(secret_sha256="SHA-256 of its secret."),  # noqa: S106 - tells of the column
            *plain(
                kind="Machine, web, browser or native.",
                auth_method="How it proves who it is.",
                grant_types="What it may do at the token endpoint.",
                redirect_uris="Where people are sent back to.",
                jwks="Its public keys, or where it keeps them.",
                cors_origins="Where its pages come from.",
                evaluates="Whether it is for evaluating staff.",
            ),
            *secret(registration_sha256="SHA-256 of the token that manages it."),
            *plain(scopes="What it may ask for.", created_at="When it was registered.", revoked_at="Since when it is refused."),
        ),
    ),
    Table(
        name="control.client_district",
        purpose="In which districts a client is enabled.",
        read_by=OPERATOR,
        erased="with the district",
        columns=(*plain(client_id="The client."), *DISTRICT),
        travels=False,
        why_not="follows from the clients of the package",
    ),
    Table(
        name="control.district_address",
        purpose="By what people find their district: a short name, a mail domain, a provider's tenant.",
        read_by=OPERATOR,
        erased="with the district",
        columns=(*plain(kind="Which of these.", value="The word itself."), *DISTRICT),
        travels=False,
        why_not="belongs to the installation; said again where the district goes",
    ),
    Table(
        name="control.client_assertion",
        purpose="Assertions that were used, so that each is used once.",
        read_by=SERVICE,
        erased="when they are over",
        columns=(*plain(client_id="Whose."), *secret(jti_sha256="SHA-256 of its id."), *plain(expires_at="Until when.")),
        travels=False,
        why_not="belongs to the installation",
    ),
    Table(
        name="control.request_count",
        purpose="Requests of the last minutes, for limits.",
        read_by=SERVICE,
        erased="within minutes",
        columns=(*plain(minute="When."), *secret(name="A keyed digest of who."), *plain(n="How many.")),
        travels=False,
        why_not="belongs to the installation",
    ),
    Table(
        name="queue.worker",
        purpose="Workers that are alive.",
        read_by=SERVICE,
        erased="when they have been silent for long",
        columns=plain(id="Which.", started_at="Since when.", seen_at="When last seen."),
        travels=False,
        why_not="belongs to the installation",
    ),
    Table(
        name="control.signing_key",
        purpose="Keys that sign access tokens.",
        read_by="the service",
        erased="a day after it was retired",
        columns=(
            *plain(kid="The key's id."),
            *sealed(sealed="The private key, sealed under SECRET_KEY."),
            *plain(created_at="When it was made.", retired_at="Since when it signs no more."),
        ),
        travels=False,
        why_not="belongs to the installation",
    ),
    Table(
        name="control.district_erasure",
        purpose="Which districts were erased, with their certificates.",
        read_by="the operator",
        erased="never: it is the proof, and holds no personal data",
        columns=(
            *DISTRICT,
            *plain(
                erased_at="When.",
                document="The certificate: counts and digests.",
                signature="Its signature under the installation's key.",
                returned_at="When the district was brought back by an import.",
            ),
        ),
        travels=False,
        why_not="belongs to the installation",
    ),
)
