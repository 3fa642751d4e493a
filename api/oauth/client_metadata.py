"""What a registration says of its client (RFC 7591 section 2), and what of that is taken.

It may say what the operator's command may; members that mean nothing here are passed over, as the RFC asks.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from domain.directory.client_commands import CreateClient
from domain.directory.client_registration import grants_of
from domain.directory.oauth_clients import MACHINE_GRANTS, AuthMethod, GrantType, RegisteredClient
from domain.directory.redirect_uris import ClientKind
from domain.shared.errors import Invalid
from domain.shared.ids import DistrictId

NEVER_SENT = ("registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at")


class Refused(Exception):
    """A registration that is not taken, as RFC 7591 section 3.2.2 has it."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error)
        self.error, self.description, self.status = error, description, status


def client_of(said: Mapping[str, Any], client_id: str, allowed: frozenset[str], district_id: DistrictId) -> RegisteredClient:
    """The client that ``said`` describes, with scopes of ``allowed`` alone."""
    kind = _kind(said)
    scopes = _scopes(said, allowed)
    default = AuthMethod.NONE if kind is ClientKind.NATIVE else AuthMethod.BASIC
    try:
        checked = CreateClient(
            name=_text(said, "client_name", "Client"),
            origin=client_id,
            scopes=tuple(scopes),
            kind=kind,
            auth_method=AuthMethod(_text(said, "token_endpoint_auth_method", default.value)),
            redirect_uris=tuple(_texts(said, "redirect_uris")),
            jwks=_jwks(said),
            jwks_uri=uri_of_keys(said),
            evaluates=_evaluates(said),
        )
    except Invalid as error:
        raise refused_for(error) from None
    except ValueError:
        raise Refused("invalid_client_metadata", "This token_endpoint_auth_method is not offered.") from None
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
        grant_types=grants_of(kind),
        redirect_uris=checked.redirect_uris,
        jwks=checked.jwks,
        jwks_uri=checked.jwks_uri,
        evaluates=checked.evaluates,
    )


def replaced(said: Mapping[str, Any], held: RegisteredClient) -> RegisteredClient:
    """``held`` as ``said`` describes it anew; what it is and how it proves itself stay, and its rights never widen."""
    if said.get("client_id") != held.client_id or any(name in said for name in NEVER_SENT):
        raise Refused("invalid_request", "Send client_id, and none of what only we can say.")
    made = client_of(said, held.client_id, held.scopes, held.districts[0])
    if (made.kind, made.auth_method) != (held.kind, held.auth_method):
        raise Refused("invalid_client_metadata", "For another kind or proof register another client.")
    return replace(
        held,
        name=made.name,
        scopes=made.scopes,
        redirect_uris=made.redirect_uris,
        jwks=made.jwks,
        jwks_uri=made.jwks_uri,
        evaluates=held.evaluates or made.evaluates,
    )


def _evaluates(said: Mapping[str, Any]) -> bool:
    """Whether evaluating staff use it: a member of our own, so that an app that says so is not let past the purpose lock."""
    found = said.get("evaluates", False)
    if not isinstance(found, bool):
        raise Refused("invalid_client_metadata", "evaluates is true or false.")
    return found


def _kind(said: Mapping[str, Any]) -> ClientKind:
    grants = _texts(said, "grant_types") or [GrantType.AUTHORIZATION_CODE.value]
    if not set(grants) <= {g.value for g in GrantType} or not set(_texts(said, "response_types")) <= {"code"}:
        raise Refused("invalid_client_metadata", "This grant or response type is not offered.")
    if set(grants) == {g.value for g in MACHINE_GRANTS}:
        return ClientKind.MACHINE
    if GrantType.CLIENT_CREDENTIALS.value in grants:
        raise Refused("invalid_client_metadata", "A machine and an app for people are two clients: register both.")
    if _text(said, "application_type", "web") == "native":
        return ClientKind.NATIVE
    return ClientKind.BROWSER if said.get("token_endpoint_auth_method") == AuthMethod.NONE.value else ClientKind.WEB


def _scopes(said: Mapping[str, Any], allowed: frozenset[str]) -> list[str]:
    wanted = allowed & set(_text(said, "scope", " ".join(allowed)).split())
    if not wanted:
        raise Refused("invalid_client_metadata", "None of these scopes may be registered with this token.")
    return sorted(wanted)


def _text(said: Mapping[str, Any], name: str, absent: str) -> str:
    found = said.get(name, absent)
    if not isinstance(found, str) or not found.isprintable():
        raise Refused("invalid_client_metadata", f"{name} is a text.")
    return found


def _texts(said: Mapping[str, Any], name: str) -> list[str]:
    found = said.get(name, [])
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise Refused("invalid_client_metadata", f"{name} is a list of texts.")
    return found


def _jwks(said: Mapping[str, Any]) -> Mapping[str, Any] | None:
    found = said.get("jwks")
    if found is not None and not isinstance(found, dict):
        raise Refused("invalid_client_metadata", "jwks is a JWK set.")
    return found


def uri_of_keys(said: Mapping[str, Any]) -> str | None:
    """Where the client says that its keys are."""
    return _text(said, "jwks_uri", "") if said.get("jwks_uri") is not None else None


def refused_for(error: Invalid) -> Refused:
    """What our rules refuse, as RFC 7591 has it."""
    fault = error.errors[0]
    kind = "invalid_redirect_uri" if fault.pointer.startswith("/redirect_uris") else "invalid_client_metadata"
    return Refused(kind, f"{fault.pointer}: {fault.detail}")
