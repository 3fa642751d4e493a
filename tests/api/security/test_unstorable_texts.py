"""Texts that no database holds, in every place where a text can be sent: each is refused or ignored, none breaks anything.

A body's texts are looked at by the one validator; here are all the other places: paths, queries, headers, arguments, forms.
"""

import json
import re
from base64 import b64encode, urlsafe_b64encode
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import pytest_asyncio
from graphql import get_named_type, is_list_type, is_non_null_type

from api.graphql.schema import SCHEMA
from api.oauth.request_parsing import AUTHORIZATION_PARAMETERS, TOKEN_PARAMETERS
from api.rest.operations import Operation
from api.rest.sessions import INITIAL_ACCESS_TOKEN_BODY
from tests.support.example_bodies import example_body
from tests.support.service import serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
NUL, SURROGATE, LONG = "a\0b", "%ED%A0%80", "x" * 18_000
BAD = {"a NUL": quote(NUL), "half of a pair": SURROGATE, "no UTF-8": "%ff%fe", "a text without end": LONG}
HEADERS = ("idempotency-key", "if-match", "if-none-match", "acting-for", "prefer", "x-request-id", "accept", "authorization")
HEADER_TEXTS = {
    "a NUL": b"a\0b",
    "half of a pair": b"\xed\xa0\x80",
    "no UTF-8": b"\xff\xfe",
    "a text without end": b"x" * 20_000,
}
NOBODY = "01900000-0000-7000-8000-000000000000"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def common(module_database):
    async with serving(module_database) as running:
        yield await running.district()


def operations(app: Any) -> list[tuple[str, Operation]]:
    return list(app.state.operations)


async def status_of_request(common, operation: Operation, path: str, **more: Any) -> int:
    example = next((e for e in operation.examples if e.body is not None), None)
    body = example_body(example.body) if example else {}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = operation.media_type
    headers = {"content-type": kind, "if-match": '"1"'} | more.pop("headers", {})
    sends = {} if operation.method == "GET" else {"content": content}
    answer = await common.http.request(operation.method, path, headers=headers, **sends, **more)
    return answer.status_code


@pytest.mark.parametrize("bad", BAD)
async def test_no_path_or_query_breaks_an_operation(common, bad):
    text, broken, seen = BAD[bad], [], 0
    for path, operation in operations(common.service.app):
        names = re.findall(r"{(\w+)}", path)
        whole = re.sub(r"\{\w+\}", NOBODY, path)
        tried = [re.sub(r"\{(\w+)\}", lambda m, n=name: text if m[1] == n else NOBODY, path) for name in names]
        members = getattr(operation.command, "__dataclass_fields__", {})
        tried += [f"{whole}?{name}={text}" for name in members if operation.method == "GET"]
        tried += [f"{whole}?dry_run={text}", f"{whole}?{text}={text}"]
        for one in tried:
            seen += 1
            if (status := await status_of_request(common, operation, one)) >= 500:
                broken.append((operation.method, one[:120], status))
    assert broken == []
    assert seen > 300


@pytest.mark.parametrize("bad", HEADER_TEXTS)
async def test_no_header_breaks_an_operation(common, bad):
    text, broken = HEADER_TEXTS[bad], []
    kinds = {
        (o.method, o.key, o.versioned, o.async_use_case, o.public): (path, o) for path, o in operations(common.service.app)
    }
    for path, operation in kinds.values():
        whole = re.sub(r"\{\w+\}", NOBODY, path)
        for name in HEADERS:
            status = await status_of_request(common, operation, whole, headers={name: text})
            if status >= 500:
                broken.append((operation.method, path, name, status))
    assert broken == []


@pytest.mark.parametrize("text", [NUL, "\n", "x" * 256], ids=["a NUL", "a line break", "too long"])
async def test_no_idempotency_key_of_graphql_breaks_a_mutation(common, text):
    """Every mutation that takes one refuses it, before it looks at its input."""
    seen = 0
    for name, field in SCHEMA._schema.mutation_type.fields.items():
        if "idempotencyKey" not in field.args:
            continue
        given = "input: $input, idempotencyKey: $key" + (", expectedVersion: 1" if "expectedVersion" in field.args else "")
        query = f"mutation($input: {field.args['input'].type}, $key: String) {{ {name}({given}) {{ __typename }} }}"
        sent = {"input": example_of(field.args["input"].type), "key": text}
        [error] = (await common.http.post("/graphql", json={"query": query, "variables": sent})).json()["errors"]
        assert error["extensions"]["status"] < 500, (name, error)
        seen += 1
    assert seen > 30


async def test_no_argument_of_graphql_that_is_a_text_breaks_a_field(common):
    broken, seen = [], 0
    for root in ("query", "mutation"):
        for name, field in getattr(SCHEMA._schema, f"{root}_type").fields.items():
            for argument, known in field.args.items():
                if get_named_type(known.type).name not in {"String", "ID", "Int"}:
                    continue
                others = {a: k for a, k in field.args.items() if a != argument and is_non_null_type(k.type)}
                for text in (NUL, LONG):
                    sent = {argument: text} | {a: example_of(k.type) for a, k in others.items()}
                    declared = ", ".join(f"${a}: {field.args[a].type}" for a in sent)
                    given = ", ".join(f"{a}: ${a}" for a in sent)
                    query = f"{root}({declared}) {{ {name}({given}) {{ __typename }} }}"
                    told = (await common.http.post("/graphql", json={"query": query, "variables": sent})).json()
                    seen += 1
                    statuses = [e["extensions"]["status"] for e in told.get("errors", ())]
                    if any(status >= 500 for status in statuses):
                        broken.append((name, argument, text[:8], statuses))
    assert broken == []
    assert seen > 100


def example_of(kind: Any) -> Any:
    """Something of the shape of ``kind``, with a NUL in every text."""
    named = get_named_type(kind)
    if hasattr(named, "fields"):
        required = {n: f for n, f in named.fields.items() if is_non_null_type(f.type)}
        made: Any = {name: example_of(f.type) for name, f in required.items()}
    else:
        made = {"Int": 1, "Float": 1.0, "Boolean": True}.get(named.name, NUL)
    inner = kind.of_type if is_non_null_type(kind) else kind
    return [made] if is_list_type(inner) else made


@pytest.mark.parametrize("bad", BAD)
async def test_no_form_of_oauth_breaks_an_endpoint(common, bad):
    text, broken = BAD[bad], []
    http = common.service.anonymous()
    for path in ("/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth/authorize", "/oauth/userinfo"):
        for name in (*sorted(TOKEN_PARAMETERS | AUTHORIZATION_PARAMETERS), text, "decision", "csrf", "asked"):
            forms = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}
            body = "&".join(f"{n}={v}" for n, v in (forms | {name: text}).items())
            kind = {"content-type": "application/x-www-form-urlencoded"}
            answers = (await http.post(path, content=body, headers=kind), await http.get(f"{path}?{name}={text}"))
            broken += [(path, name, answer.status_code) for answer in answers if answer.status_code >= 500]
    basic = {"authorization": "Basic " + b64encode(b"a\0b:c").decode()}
    answer = await http.post("/oauth/token", data={"grant_type": "client_credentials"}, headers=basic)
    assert answer.status_code == 401
    assert broken == []


@pytest.mark.parametrize("text", [r"\u0000", r"\ud800", r"a\udc00b"])
async def test_no_registration_breaks_the_endpoint(common, text):
    made = (await common.http.post("/v1/oauth/initial-access-tokens", json=INITIAL_ACCESS_TOKEN_BODY)).json()
    bearer = {"authorization": f"Bearer {made['token']}", "content-type": "application/json"}
    members = ("client_name", "scope", "redirect_uris", "jwks", "jwks_uri", "grant_types", "software_id", "zzz")
    for member in members:
        value = f'["{text}"]' if member in {"redirect_uris", "grant_types"} else f'"{text}"'
        body = f'{{"client_name": "x", "{member}": {value}, "{text}": 1}}'
        answer = await common.http.post("/oauth/register", content=body, headers=bearer)
        assert 400 <= answer.status_code < 500, (member, answer.text)
    for path in ("a%00b", "%ed%a0%80", LONG):
        answer = await common.http.get(f"/oauth/register/{path}", headers=bearer)
        assert 400 <= answer.status_code < 500, path


def part(members: dict[str, str]) -> str:
    """A part of a JWT."""
    return urlsafe_b64encode(json.dumps(members).encode()).decode().rstrip("=")


async def test_no_assertion_breaks_the_token_endpoint(common):
    """What stands in a JWT is read before its signature can be looked at: who it names, and by which key."""
    http = common.service.anonymous()
    for text in (NUL, "\ud800", LONG[:200]):
        for claims, header in (
            ({"sub": text, "iss": text, "jti": text, "aud": text}, {"alg": "ES256", "kid": "1"}),
            ({"sub": NOBODY, "iss": NOBODY, "jti": text}, {"alg": "ES256", "kid": text}),
        ):
            form = {
                "grant_type": "client_credentials",
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": f"{part(header)}.{part(claims)}.{'A' * 86}",
            }
            answer = await http.post("/oauth/token", data=form)
            assert 400 <= answer.status_code < 500, (text, answer.text)


SIGN_IN = ("/sign-in", "/signed-in", "/sign-in/{}", "/sign-in/{}/code", "/sign-in/{}/second-step", "/sign-in/{}/enrol")
SIGN_IN += (
    "/sign-in/{}/forgot",
    "/sign-in/{}/reset",
    "/sign-in/{}/with/x",
    "/sign-in/{}/from/x",
    "/signed-in/password",
    "/sign-out",
)
FIELDS = (
    "district",
    "username",
    "password",
    "code",
    "identity",
    "token",
    "new_code",
    "sealed",
    "present",
    "next",
    "csrf",
    "state",
)


@pytest.mark.parametrize("bad", BAD)
async def test_no_form_or_address_of_the_sign_in_pages_breaks_them(common, bad):
    text, broken = BAD[bad], []
    http = common.service.anonymous()
    page = await http.get("/sign-in")
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert csrf is not None
    for path in SIGN_IN:
        if (answer := await http.get(path.format(text))).status_code >= 500:
            broken.append(("GET", path, answer.status_code))
        for slug, names in (("grand-bend-isd", FIELDS), (text, FIELDS[:1])):
            for name in names:
                query = f"{path.format(slug)}?{name}={text}&lang={text}"
                if len(query) < 60_000 and (answer := await http.get(query)).status_code >= 500:
                    broken.append(("GET", query[:100], answer.status_code))
                fields = dict.fromkeys(FIELDS, "x") | {"csrf": csrf[1]}
                body = urlencode({n: v for n, v in fields.items() if n != name}) + f"&{name}={text}"
                kind = {"content-type": "application/x-www-form-urlencoded"}
                answer = await http.post(path.format(slug), content=body, headers=kind)
                if answer.status_code >= 500:
                    broken.append(("POST", path.format(slug)[:100], name, answer.status_code))
    assert broken == []
