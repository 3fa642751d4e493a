"""What is particular about each kind of identity provider, as data."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.accounts.model import ProviderKind

TENANT_PLACEHOLDER = "{tenantid}"
"""Stands in an issuer for the tenant (Entra's multi-tenant metadata says it so)."""

MAIL_CLAIMS = frozenset({"email", "preferred_username", "upn", "unique_name", "verified_primary_email", "mail"})
"""Claims a first sign-in is never matched by: whoever runs a tenant can write anybody's address there."""

ROSTER_FIELDS = ("sourced_id", "identifier", "username")
"""Fields of the roster that a claim may be matched with; beside them ``user_id:`` and a type, as in user_id:Clever."""


@dataclass(frozen=True, kw_only=True)
class ProviderPreset:
    """A kind of provider.

    ``issuer``: unless the district says another. ``metadata``: where its document is, when that is not below the issuer.
    ``tenant_claim``: the claim that tells a tenant; ``tenant_needed``: its issuer serves everybody, so tenants must be named.
    ``claim``, ``roster_field``: the usual pair. ``stateless``: its portal lands people here with a code nobody asked for.
    """

    issuer: str | None = None
    metadata: str | None = None
    scope: str = "openid"
    tenant_claim: str | None = None
    tenant_needed: bool = False
    claim: str = "sub"
    roster_field: str = "identifier"
    stateless: bool = False


PROVIDER_PRESETS: Mapping[ProviderKind, ProviderPreset] = {
    ProviderKind.GOOGLE: ProviderPreset(
        issuer="https://accounts.google.com",
        scope="openid email",  # the claim hd comes with this scope only; the address itself is not looked at
        tenant_claim="hd",
        tenant_needed=True,
        claim="sub",
        roster_field="user_id:Google",
    ),
    ProviderKind.ENTRA: ProviderPreset(
        issuer=f"https://login.microsoftonline.com/{TENANT_PLACEHOLDER}/v2.0",
        metadata="https://login.microsoftonline.com/organizations/v2.0/.well-known/openid-configuration",
        scope="openid profile",
        tenant_claim="tid",
        tenant_needed=True,
        claim="employee_id",
        roster_field="identifier",
    ),
    ProviderKind.CLEVER: ProviderPreset(
        issuer="https://clever.com",
        tenant_claim="district",
        tenant_needed=True,
        claim="user_id",
        roster_field="user_id:Clever",
        stateless=True,
    ),
    ProviderKind.CLASSLINK: ProviderPreset(
        issuer="https://launchpad.classlink.com",
        scope="openid profile oneroster",
        tenant_claim="TenantId",
        tenant_needed=True,
        claim="SourcedId",
        roster_field="sourced_id",
    ),
    ProviderKind.OIDC: ProviderPreset(scope="openid profile"),
}
