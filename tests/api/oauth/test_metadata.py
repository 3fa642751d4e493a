"""What clients can find out by themselves."""

from tests.house_oauth import URL, House


async def test_server_metadata_names_only_what_is_offered(house: House):
    found = (await house.http.get("/.well-known/oauth-authorization-server")).json()
    assert found["issuer"] == URL
    assert (found["token_endpoint"], found["jwks_uri"]) == (f"{URL}/oauth/token", f"{URL}/oauth/jwks")
    assert found["grant_types_supported"] == ["client_credentials"]
    assert found["token_endpoint_auth_methods_supported"] == ["client_secret_basic", "client_secret_post"]
    assert found["response_types_supported"] == []
    assert not {"authorization_endpoint", "revocation_endpoint", "introspection_endpoint", "registration_endpoint"} & set(found)


async def test_every_address_named_is_served(house: House):
    found = (await house.http.get("/.well-known/oauth-authorization-server")).json()
    assert (await house.http.get(found["jwks_uri"])).status_code == 200
    assert (await house.http.post(found["token_endpoint"])).status_code == 400


async def test_resource_metadata_is_at_both_well_known_places(house: House):
    bare = await house.http.get("/.well-known/oauth-protected-resource")
    placed = await house.http.get("/.well-known/oauth-protected-resource/v1")
    assert bare.json() == placed.json()
    assert (bare.json()["resource"], bare.json()["authorization_servers"]) == (f"{URL}/v1", [URL])


async def test_the_challenge_leads_to_the_metadata(house: House):
    answer = await house.http.get("/v1/whoami")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == f'Bearer resource_metadata="{URL}/.well-known/oauth-protected-resource/v1"'
    address = answer.headers["www-authenticate"].split('"')[1]
    assert (await house.http.get(address)).json()["resource"] == f"{URL}/v1"


async def test_jwks_shows_public_halves_only(house: House):
    [key] = (await house.http.get("/oauth/jwks")).json()["keys"]
    assert set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("EC", "P-256", "ES256", "sig")


async def test_what_does_not_change_may_be_cached(house: House):
    for path in ("/oauth/jwks", "/.well-known/oauth-authorization-server", "/.well-known/oauth-protected-resource"):
        assert "max-age" in (await house.http.get(path)).headers["cache-control"]
