"""Whatever arrives, the adapter answers as the standard says or hands on something the grants can take."""

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError
from hypothesis import given
from hypothesis import strategies as st

from api.oauth.request_parsing import (
    AUTHORIZATION_PARAMETERS,
    TOKEN_PARAMETERS,
    TokenRequest,
    parse_authorization_query,
    parse_token_request,
)
from tests.support.examples import examples

URI = "https://evenkeel.example.org/oauth/token"
FORM = ("Content-Type", "application/x-www-form-urlencoded")
BODY = b"grant_type=client_credentials"


def taken(headers: list[tuple[str, str]], body: bytes) -> TokenRequest | None:
    try:
        return parse_token_request(URI, headers, "", body)
    except OAuth2Error as error:
        status, said, _ = error()
        assert status in {400, 401}
        assert said["error"] in {"invalid_request", "invalid_client"}
        return None


def plain(request: TokenRequest | None) -> None:
    """Nothing that reaches the grants can break a header, an error's text or a query."""
    for name, value in request.payload.data.items() if request else ():
        assert name in TOKEN_PARAMETERS
        assert value.isascii()
        assert value.isprintable()


@given(body=st.binary(max_size=300))
@examples(300)
def test_any_bytes_are_a_request_or_a_protocol_error(body: bytes):
    plain(taken([FORM], BODY + b"&" + body))


@given(pairs=st.lists(st.tuples(st.sampled_from([*sorted(TOKEN_PARAMETERS), "x", ""]), st.text(max_size=20)), max_size=6))
@examples(300)
def test_any_parameters_are_a_request_or_a_protocol_error(pairs: list[tuple[str, str]]):
    from urllib.parse import quote

    body = "&".join(f"{quote(name)}={quote(value, errors='ignore')}" for name, value in pairs)
    plain(taken([FORM], body.encode()))


@given(header=st.text(st.characters(max_codepoint=255), max_size=120))
@examples(300)
def test_any_authorization_header_is_a_request_or_a_protocol_error(header: str):
    plain(taken([FORM, ("authorization", header)], BODY))
    plain(taken([FORM, ("authorization", f"Basic {header}")], BODY))


@given(query=st.binary(max_size=300))
@examples(300)
def test_any_query_is_a_request_or_a_protocol_error(query: bytes):
    try:
        found = parse_authorization_query(b"client_id=a&" + query)
    except InvalidRequestError:
        return
    assert all(name in AUTHORIZATION_PARAMETERS and value.isascii() and value.isprintable() for name, value in found.items())
