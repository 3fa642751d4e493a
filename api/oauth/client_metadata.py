"""Client metadata of a registration (RFC 7591 section 2): parsed and validated by the rules of the operator's command.

Unknown members are ignored, as the RFC requires.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from domain.directory.client_commands import CreateClient
from domain.directory.client_registration import grant_types_of
from domain.directory.oauth_clients import MACHINE_GRANTS, AuthMethod, GrantType, RegisteredClient
from domain.directory.redirect_uris import ClientKind
from domain.shared.errors import Invalid
from domain.shared.ids import DistrictId

NEVER_SENT = ("registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at")


class RegistrationError(Exception):
    """An error of a registration, in the form of RFC 7591 section 3.2.2."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error)
        self.error, self.description, self.status = error, description, status


def client_of(
    metadata: Mapping[str, Any], client_id: str, allowed: frozenset[str], district_id: DistrictId
) -> RegisteredClient:
    """Return the client that `metadata` describes, with scopes from `allowed` only. Raises `RegistrationError`."""
    kind = _kind(metadata)
    scopes = _scopes(metadata, allowed)
    default = AuthMethod.NONE if kind is ClientKind.NATIVE else AuthMethod.BASIC
    try:
        checked = CreateClient(
            name=_text(metadata, "client_name", "Client"),
            origin=client_id,
            scopes=tuple(scopes),
            kind=kind,
            auth_method=AuthMethod(_text(metadata, "token_endpoint_auth_method", default.value)),
            redirect_uris=tuple(_texts(metadata, "redirect_uris")),
            jwks=_jwks(metadata),
            jwks_uri=uri_of_keys(metadata),
            evaluates=_evaluates(metadata),
        )
    except Invalid as error:
        raise registration_error(error) from None
    except ValueError:
        raise RegistrationError("invalid_client_metadata", "This token_endpoint_auth_method is not offered.") from None
    return RegisteredClient(
        client_id=client_id,
        name=checked.name,
        origin=client_id,
        secret_sha256=None,
        scopes=frozenset(checked.scopes),
        revoked_at=None,
        districts=(district_id,),
        kind=kind,
        auth_method=checked.auth_method or default,
        grant_types=grant_types_of(kind),
        redirect_uris=checked.redirect_uris,
        jwks=checked.jwks,
        jwks_uri=checked.jwks_uri,
        evaluates=checked.evaluates,
    )


def replace_metadata(metadata: Mapping[str, Any], client: RegisteredClient) -> RegisteredClient:
    """Return `client` with new `metadata`; kind and authentication stay, scopes never widen. Raises `RegistrationError`."""
    if metadata.get("client_id") != client.client_id or any(name in metadata for name in NEVER_SENT):
        raise RegistrationError("invalid_request", "Send client_id, and leave out the members that only this server can set.")
    described = client_of(metadata, client.client_id, client.scopes, client.districts[0])
    if (described.kind, described.auth_method) != (client.kind, client.auth_method):
        raise RegistrationError("invalid_client_metadata", "Register another client for another kind or authentication method.")
    return replace(
        client,
        name=described.name,
        scopes=described.scopes,
        redirect_uris=described.redirect_uris,
        jwks=described.jwks,
        jwks_uri=described.jwks_uri,
        evaluates=client.evaluates or described.evaluates,
    )


def _evaluates(metadata: Mapping[str, Any]) -> bool:
    """Return the member `evaluates` (our own): whether the app evaluates staff, so that the purpose lock applies."""
    value = metadata.get("evaluates", False)
    if not isinstance(value, bool):
        raise RegistrationError("invalid_client_metadata", "evaluates must be true or false.")
    return value


def _kind(metadata: Mapping[str, Any]) -> ClientKind:
    grants = _texts(metadata, "grant_types") or [GrantType.AUTHORIZATION_CODE.value]
    if not set(grants) <= {g.value for g in GrantType} or not set(_texts(metadata, "response_types")) <= {"code"}:
        raise RegistrationError("invalid_client_metadata", "This grant or response type is not offered.")
    if set(grants) == {g.value for g in MACHINE_GRANTS}:
        return ClientKind.MACHINE
    if GrantType.CLIENT_CREDENTIALS.value in grants:
        raise RegistrationError("invalid_client_metadata", "A machine and an app for people are two clients: register both.")
    if _text(metadata, "application_type", "web") == "native":
        return ClientKind.NATIVE
    return ClientKind.BROWSER if metadata.get("token_endpoint_auth_method") == AuthMethod.NONE.value else ClientKind.WEB


def _scopes(metadata: Mapping[str, Any], allowed: frozenset[str]) -> list[str]:
    scopes = allowed & set(_text(metadata, "scope", " ".join(allowed)).split())
    if not scopes:
        raise RegistrationError("invalid_client_metadata", "None of these scopes may be registered with this token.")
    return sorted(scopes)


def _text(metadata: Mapping[str, Any], name: str, absent: str) -> str:
    value = metadata.get(name, absent)
    if not isinstance(value, str) or not value.isprintable():
        raise RegistrationError("invalid_client_metadata", f"{name} must be a text.")
    return value


def _texts(metadata: Mapping[str, Any], name: str) -> list[str]:
    value = metadata.get(name, [])
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise RegistrationError("invalid_client_metadata", f"{name} must be a list of texts.")
    return value


def _jwks(metadata: Mapping[str, Any]) -> Mapping[str, Any] | None:
    value = metadata.get("jwks")
    if value is not None and not isinstance(value, dict):
        raise RegistrationError("invalid_client_metadata", "jwks must be a JWK set.")
    return value


def uri_of_keys(metadata: Mapping[str, Any]) -> str | None:
    """Return the member `jwks_uri`, if any."""
    return _text(metadata, "jwks_uri", "") if metadata.get("jwks_uri") is not None else None


def registration_error(error: Invalid) -> RegistrationError:
    """Return the first field error of `error` in the form of RFC 7591."""
    first = error.errors[0]
    kind = "invalid_redirect_uri" if first.pointer.startswith("/redirect_uris") else "invalid_client_metadata"
    return RegistrationError(kind, f"{first.pointer}: {first.detail}")
