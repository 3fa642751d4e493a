"""What clients can find out by themselves."""

from authlib.oauth2 import rfc8414, rfc9207
from authlib.oidc.discovery import OpenIDProviderMetadata

from api.web.i18n import LANGUAGES
from api.web.scopes import DESCRIPTIONS, describe_scopes
from domain.shared.context import Scope
from tests.support.oauth_server import URL, OAuthServer


async def test_server_metadata_is_as_rfc_8414_and_9207_have_it(oauth_server: OAuthServer):
    found = (await oauth_server.http.get("/.well-known/oauth-authorization-server")).json()
    rfc8414.AuthorizationServerMetadata(found).validate(metadata_classes=[rfc9207.AuthorizationServerMetadata])
    assert found["issuer"] == URL
    assert found["grant_types_supported"] == ["client_credentials", "authorization_code", "refresh_token"]
    assert (found["response_types_supported"], found["code_challenge_methods_supported"]) == (["code"], ["S256"])
    assert found["authorization_response_iss_parameter_supported"] is True
    assert found["token_endpoint_auth_methods_supported"] == [
        *("client_secret_basic", "client_secret_post", "private_key_jwt", "none"),
    ]
    assert "none" not in found["introspection_endpoint_auth_methods_supported"]
    assert "none" not in found["token_endpoint_auth_signing_alg_values_supported"]


async def test_provider_metadata_is_as_openid_connect_discovery_has_it(oauth_server: OAuthServer):
    server = (await oauth_server.http.get("/.well-known/oauth-authorization-server")).json()
    found = (await oauth_server.http.get("/.well-known/openid-configuration")).json()
    # One rule is not held: every provider should also sign by RS256. Ours has ES256 keys alone, and says so.
    OpenIDProviderMetadata(found | {"id_token_signing_alg_values_supported": ["ES256", "RS256"]}).validate()
    assert server.items() <= found.items()
    assert found["id_token_signing_alg_values_supported"] == ["ES256"]


async def test_every_address_named_is_served(oauth_server: OAuthServer):
    found = (await oauth_server.http.get("/.well-known/oauth-authorization-server")).json()
    assert (await oauth_server.http.get(found["jwks_uri"])).status_code == 200
    for name in ("token_endpoint", "revocation_endpoint", "introspection_endpoint", "authorization_endpoint"):
        assert (await oauth_server.http.post(found[name])).status_code == 400, name
    assert (await oauth_server.http.get(found["authorization_endpoint"])).status_code == 400


async def test_resource_metadata_is_at_both_well_known_places(oauth_server: OAuthServer):
    bare = await oauth_server.http.get("/.well-known/oauth-protected-resource")
    placed = await oauth_server.http.get("/.well-known/oauth-protected-resource/v1")
    assert bare.json() == placed.json()
    assert (bare.json()["resource"], bare.json()["authorization_servers"]) == (f"{URL}/v1", [URL])


async def test_the_challenge_leads_to_the_metadata(oauth_server: OAuthServer):
    answer = await oauth_server.http.get("/v1/whoami")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == f'Bearer resource_metadata="{URL}/.well-known/oauth-protected-resource/v1"'
    address = answer.headers["www-authenticate"].split('"')[1]
    assert (await oauth_server.http.get(address)).json()["resource"] == f"{URL}/v1"


async def test_jwks_shows_public_halves_only(oauth_server: OAuthServer):
    [key] = (await oauth_server.http.get("/oauth/jwks")).json()["keys"]
    assert set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("EC", "P-256", "ES256", "sig")


async def test_what_does_not_change_may_be_cached(oauth_server: OAuthServer):
    for path in ("/oauth/jwks", "/.well-known/oauth-authorization-server", "/.well-known/oauth-protected-resource"):
        assert "max-age" in (await oauth_server.http.get(path)).headers["cache-control"]


def test_a_person_is_told_of_every_scope_in_words():
    assert set(DESCRIPTIONS) == {scope.value for scope in Scope} | {"openid", "profile", "email", "offline_access"}
    for language in LANGUAGES:
        described = describe_scopes(list(DESCRIPTIONS), language)
        assert all(words.strip() and ":" not in words.split()[0] for words in described)
        assert len(set(described)) == len(DESCRIPTIONS)
