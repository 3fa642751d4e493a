"""Work grows with its input and no faster, and stops at its bounds: counted in calls, nodes, faults and bytes, never in time.

What is counted are the calls of functions, Python's and the libraries', that one piece of work makes: the same at each run.
"""

import contextlib
import io
import json
import sys
import zipfile
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pytest
from graphql import parse
from starlette.requests import Request

from api.graphql import query_cost
from api.graphql.document_inputs import collect_inputs, extract_inputs
from api.graphql.document_rules import RULES, find_errors
from api.graphql.endpoint import media_type_of
from api.graphql.inputs import parse_input
from api.graphql.overlaps import MOST_VISITS, count_field_pairs
from api.graphql.schema import SCHEMA
from api.oauth.request_parsing import parse_form
from api.rest.example_ids import OBSERVATION_BODY
from api.rest.requests import prefers_async, query_errors
from api.sign_in.handlers import parse_form as parse_page_form
from api.web.forms import MEDIA_TYPE as FORM
from api.web.i18n import accepted_languages
from api.wire.json_encoding import encode
from api.wire.json_size import check_values, most_values
from api.wire.limits import BATCH_ERRORS, GRAPHQL_PAIRS, OBJECT_MEMBERS, QUERY_PARAMETERS
from api.wire.observation_batch import parse_batch
from api.wire.problem_details import TooLarge, to_problem
from api.wire.request_errors import MAX_ERRORS_DETAILED, DocumentPositions
from api.wire.request_validation import validate_json
from domain.directory.commands import ListPeople
from domain.observations.commands import PushObservation
from domain.people.commands import MOST_EDGES, PutSupervision
from domain.people.rules import parse_supervision_csv
from domain.roster.package_reader import read_package
from domain.shared.errors import MAX_ERRORS, DomainError, FieldError, Invalid

GRAPHQL = SCHEMA._schema
MOST_GROWTH = 2.2


def work(what: Callable[[], Any]) -> int:
    """How many calls ``what`` makes, of Python's functions and the libraries'; that it refuses is no matter."""
    calls = 0

    def count(_frame: Any, event: str, _what: Any) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        what()
    except DomainError:
        pass
    finally:
        sys.setprofile(None)
    return calls


def json_of(members: dict[str, Any]) -> bytes:
    return json.dumps(members).encode()


def request(query: str = "", body: bytes = b"", **headers: str) -> Request:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": query.encode(), "headers": named, "path_params": {}}
    return Request(scope, receive)


def unknown(n: int, name: str = "a") -> dict[str, int]:
    return {f"{name}{i}": 1 for i in range(n)}


def document(n: int) -> Any:
    return parse("{ " + " ".join(f"f{i}: framework {{ nothing{i} }}" for i in range(n)) + " }")


def fragments(n: int) -> Any:
    made = " ".join(f"fragment f{i} on Framework {{ notice ...f{i + 1} }}" for i in range(n))
    return parse(f"{{ framework {{ ...f0 }} }} {made} fragment f{n} on Framework {{ notice }}")


def literal(n: int) -> None:
    written = ", ".join(f"m{i}: [{i}]" for i in range(n))
    executable, literals = extract_inputs(GRAPHQL, parse(f"{{ profile(input: {{ {written} }}) {{ asOf }} }}"))
    collect_inputs(GRAPHQL, executable.definitions[0], literals, {})


def csv(line: str) -> Callable[[int], Any]:
    return lambda n: parse_supervision_csv(b"supervisorSourcedId,leaderSourcedId\r\n" + (line * n).encode())


def package(n: int, row: str) -> bytes:
    packed = io.BytesIO()
    manifest = "propertyName,value\r\nmanifest.version,1.0\r\noneroster.version,1.2\r\nfile.orgs,bulk\r\n"
    header = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\r\n"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("manifest.csv", manifest)
        archive.writestr("orgs.csv", header + "".join(row.format(i) + "\r\n" for i in range(n)))
    return packed.getvalue()


def entries(n: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for i in range(n):
            archive.writestr(f"f{i}.csv", "x")
    return packed.getvalue()


def error_body(n: int) -> Any:
    return encode(to_problem(Invalid.of([_field_error(i) for i in range(n)]), None, None))


def _field_error(i: int) -> FieldError:
    return FieldError(pointer=f"/{i}", code="malformed", detail="mend it")


RATING = {"responsibility": "focus", "value": "x"}
PUSH = {"externalId": "x", "leader": {"sourcedId": "1"}}

LISTED = frozenset(ListPeople.__dataclass_fields__)

GROWING: dict[str, tuple[Callable[[int], Any], int]] = {
    "unknown members of a body": (lambda n: validate_json(PushObservation, json_of(unknown(n))), 400),
    "unknown members of inner objects": (
        lambda n: validate_json(PushObservation, json_of({"ratings": [unknown(n), unknown(n, "b")]})),
        200,
    ),
    "faulty items of a list": (
        lambda n: validate_json(PushObservation, json_of(OBSERVATION_BODY | {"ratings": [RATING] * n})),
        100,
    ),
    "items that are said twice": (
        lambda n: validate_json(
            PushObservation, json_of(OBSERVATION_BODY | {"ratings": [{"responsibility": "focus", "value": 1}] * n})
        ),
        100,
    ),
    "empty lists above faults": (
        lambda n: validate_json(PutSupervision, json_of({"edges": [{"supervisor": {}, "leader": {"x": 1}}] * n})),
        400,
    ),
    "NUL characters": (lambda n: validate_json(PushObservation, json_of({"ratings": [{"element": "\0" * 3}] * n})), 100),
    "a whole number with a fraction": (
        lambda n: validate_json(PushObservation, json_of(OBSERVATION_BODY | {"duration_minutes": 30.0} | unknown(n))),
        300,
    ),
    "items of a batch": (lambda n: parse_batch(json_of({"items": [unknown(4)] * n})), 400),
    "members of a batch": (lambda n: parse_batch(json_of({"items": [1], **unknown(n)})), 400),
    "unknown members of a variable": (lambda n: parse_input(PushObservation, unknown(n)), 400),
    "what stands alone for a list": (
        lambda n: parse_input(PushObservation, {"ratings": [{"x": 1}] * n, "feedback": {"type": "note"}}),
        100,
    ),
    "an input written into a document": (literal, 200),
    "values of a variable": (lambda n: check_values([[{"a": [1, 2]}] * n], 10**9), 1_000),
    "fields of a document, measured": (lambda n: query_cost.check_query(GRAPHQL, document(n), {}), 10),
    "fields of a document, validated": (lambda n: find_errors(GRAPHQL, document(n), RULES), 50),
    "fragments in a row": (lambda n: query_cost.check_query(GRAPHQL, fragments(n), {}), 20),
    "parameters of a query string": (lambda n: query_errors(request(urlencode(unknown(n))), LISTED), 40),
    "a query string with one parameter again and again": (lambda n: query_errors(request("limit=1&" * n), LISTED), 40),
    "parameters of an OAuth form": (
        lambda n: parse_form([("content-type", FORM)], "", urlencode(unknown(n)).encode(), frozenset(unknown(n))),
        14,
    ),
    "a sign-in form": (lambda n: _form(urlencode({"csrf": "x" * n}).encode()), 4_000),
    "preferences in a header": (lambda n: prefers_async(request(prefer="wait=1, " * n)), 500),
    "media types in a header": (lambda n: media_type_of(request(accept="application/json;q=0.1, " * n)), 500),
    "languages in a header": (lambda n: accepted_languages("de;q=0.1, " * n), 500),
    "lines of a CSV file": (csv("1,2\r\n"), 1_000),
    "empty cells of a CSV file": (csv(",2\r\n"), 1_000),
    "empty lines of a CSV file": (csv("\r\n"), 5_000),
    "rows of a roster": (lambda n: read_package(package(n, "o{},,,School,school,,")), 500),
    "faulty rows of a roster": (lambda n: read_package(package(n, "o1,x,y,,zchool,,nowhere")), 500),
    "files in a ZIP": (lambda n: read_package(entries(n)), 20),
    "faults in an answer": (error_body, 50),
}
"""What grows, and the size that is doubled."""


def _form(body: bytes) -> None:
    asked = parse_page_form(request(body=body, content_type="application/x-www-form-urlencoded"))
    with pytest.raises(StopIteration):
        asked.send(None)


@pytest.mark.parametrize("kind", GROWING)
def test_twice_the_input_is_at_most_a_little_more_than_twice_the_work(kind):
    do, size = GROWING[kind]
    for _ in range(2):
        do_quietly(do, size)  # what is made once and kept is no work of an input
    once, twice = work(lambda: do(size)), work(lambda: do(2 * size))
    assert once > 0
    assert twice <= MOST_GROWTH * once, (once, twice)


def do_quietly(do: Callable[[int], Any], size: int) -> None:
    with contextlib.suppress(DomainError):
        do(size)


def test_the_members_of_an_object_are_numbered_once_however_many_faults_it_has():
    places = DocumentPositions(unknown(1_000))
    for i in range(1_000):
        places.position_of(f"/a{i}")
    assert places.numbered == 1_000


@pytest.mark.parametrize("n", [OBJECT_MEMBERS + 1, 20_000])
def test_an_object_with_too_many_members_is_refused_before_it_is_validated(n):
    members = unknown(n)
    body = json_of(members)
    for refuse in (partial(validate_json, PushObservation, body), partial(parse_input, PushObservation, members)):
        with pytest.raises(TooLarge, match="at most 1,000 members") as refused:
            refuse()
        assert refused.value.extensions == {"limit": OBJECT_MEMBERS}
    assert work(partial(validate_json, PushObservation, body)) < 100


def test_a_body_with_more_values_than_its_command_can_need_is_refused_before_it_is_validated():
    most = most_values(PushObservation)
    with pytest.raises(TooLarge) as refused:
        validate_json(PushObservation, json_of({"ratings": [[1]] * most}))
    assert refused.value.extensions == {"limit": most}


def test_what_every_command_may_hold_is_taken():
    edge = {"supervisor": {"user_id": {"type": "a", "value": "b"}}, "leader": {"user_id": {"type": "a", "value": "b"}}}
    assert len(validate_json(PutSupervision, json_of({"edges": [edge] * MOST_EDGES})).edges) == MOST_EDGES
    full = {"element": "A", "value": 1}
    rated = validate_json(
        PushObservation,
        json_of(
            OBSERVATION_BODY
            | {"instrument": {"code": "a", "version": "1"}, "ratings": [full | {"element": str(i)} for i in range(200)]}
        ),
    )
    assert len(rated.ratings) == 200


def test_the_first_hundred_faults_are_listed_in_the_documents_order_and_the_others_counted():
    with pytest.raises(Invalid) as refused:
        validate_json(PushObservation, json_of(unknown(500)))
    assert [f.pointer for f in refused.value.errors] == [f"/a{i}" for i in range(MAX_ERRORS)]
    assert refused.value.errors_omitted == 500 + 7 - MAX_ERRORS  # seven members are missing
    shown = to_problem(refused.value, None, None)
    assert (len(shown.errors), shown.errors_omitted) == (MAX_ERRORS, 407)


def test_so_many_faults_that_nothing_is_meant_are_counted_and_not_listed():
    edges = [{"supervisor": {"x": 1, "y": 2}, "leader": {}}] * 4_000
    with pytest.raises(Invalid) as refused:
        validate_json(PutSupervision, json_of({"edges": edges}))
    assert refused.value.errors == ()
    assert refused.value.errors_omitted > MAX_ERRORS_DETAILED


def test_of_a_batch_a_thousand_faults_are_listed_in_all():
    batch = parse_batch(json_of({"items": [unknown(30)] * 100}))
    listed = [len(item.error.errors) for item in batch.items]
    assert sum(listed) <= BATCH_ERRORS + MAX_ERRORS
    assert listed[0] == 37
    assert listed[-1] == 0
    assert batch.items[-1].error.errors_omitted == 37
    wide = parse_batch(json_of({"items": [unknown(900)]})).items[0].error
    assert (len(wide.errors), wide.errors_omitted) == (MAX_ERRORS, 907 - MAX_ERRORS)


def test_a_query_string_is_counted_before_it_is_read():
    with pytest.raises(TooLarge) as refused:
        query_errors(request("a=1&" * QUERY_PARAMETERS), LISTED)
    assert refused.value.extensions == {"limit": QUERY_PARAMETERS}


@pytest.mark.parametrize(
    "query",
    [
        "{ framework { " + "notice " * 480 + "} }",
        "{ " + "framework { notice } " * 480 + "}",
        "{ framework { ...a ...b } } fragment a on Framework { "
        + "notice " * 99
        + "} fragment b on Framework { "
        + "notice " * 99
        + "}",
    ],
    ids=["in one selection", "in many", "in fragments"],
)
def test_fields_under_one_name_are_counted_before_they_are_compared(query):
    with pytest.raises(Invalid) as refused:
        query_cost.check_query(GRAPHQL, parse(query), {})
    assert refused.value.code == "query_too_complex"


def test_lines_of_a_csv_beyond_those_that_are_taken_are_not_read():
    file = b"supervisorSourcedId,leaderSourcedId\r\n" + b"1,2\r\n" * (MOST_EDGES + 1)
    longer = file + b"1,2\r\n" * MOST_EDGES
    assert work(partial(parse_supervision_csv, longer)) == work(partial(parse_supervision_csv, file))


@pytest.mark.parametrize("n", [101, 200])
def test_spreads_of_fragments_are_counted_before_they_are_compared(n):
    with pytest.raises(Invalid) as refused:
        query_cost.check_query(GRAPHQL, parse("{ framework { " + "...f " * n + "} } fragment f on Framework { notice }"), {})
    assert (refused.value.code, str(n) in refused.value.detail) == ("query_too_complex", True)


def test_what_is_answered_in_many_places_is_not_looked_at_without_end():
    """Fragments that spread one another under ever new names: ten places each, ten levels deep."""
    levels = " ".join(
        f"fragment f{i} on Framework {{ {' '.join(f'a{k}: x {{ ...f{i + 1} }}' for k in range(10))} }}" for i in range(9)
    )
    document = parse(f"{{ framework {{ ...f0 }} }} {levels} fragment f9 on Framework {{ notice }}")
    assert count_field_pairs(document.definitions[0], document) == GRAPHQL_PAIRS + 1
    assert work(partial(count_field_pairs, document.definitions[0], document)) < 40 * MOST_VISITS


def test_the_same_fields_under_other_aliases_are_no_pairs():
    document = parse("{ " + " ".join(f"a{i}: framework {{ notice frameworkVersion }}" for i in range(20)) + " }")
    assert count_field_pairs(document.definitions[0], document) == 0
