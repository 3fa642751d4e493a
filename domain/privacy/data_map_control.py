"""The data map of schema ``control``: what is read before the district is known."""

from domain.privacy.columns import DISTRICT, plain, sealed, secret
from domain.privacy.model import Table

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
