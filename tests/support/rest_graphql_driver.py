"""The same use cases driven over REST and over GraphQL: what is said and what comes back are the same plain data."""

import base64
import re
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

import httpx
from strawberry.utils.str_converters import to_camel_case

from api.graphql.fields import FIELD_NAMES
from api.graphql.schema import SCHEMA
from api.wire.observation_batch import push_batch
from domain.jobs.usecases.start import start_roster_import
from domain.people.usecases.supervision import import_supervision
from domain.roster.usecases import import_roster, put_role_mapping, read_role_mapping
from domain.shared.paging import Page

MAPPINGS = {put_role_mapping, read_role_mapping}
FILES = {
    import_roster: ("package", {"content-type": "application/zip"}),
    start_roster_import: ("package", {"content-type": "application/zip"}),
    import_supervision: ("csv", {"content-type": "text/csv"}),
}
"""Use cases whose body is a file: the member that holds it, and what it is."""
PAGE = ("limit", "cursor")


@dataclass(frozen=True)
class Answer:
    """What came of it: data, or the refusal without what tells one request from another."""

    data: Any
    error: dict | None
    replayed: bool = False

    @property
    def expected_data(self) -> Any:
        """The data; a refusal fails the test with all that it says."""
        assert self.error is None, self.error
        return self.data

    @property
    def error_summary(self) -> tuple:
        """What clients act on: status, code, retry, and the place and code of every fault."""
        assert self.error is not None, self.data
        r = self.error
        return r["status"], r["code"], r["retry"], [(e["pointer"], e["code"]) for e in r["errors"]]


def _without_request_ids(problem: dict) -> dict:
    return {name: value for name, value in problem.items() if name not in {"instance", "request_id"}}


class Driver:
    """One way in."""

    async def do(self, use_case, members=None, *, version=None, key=None) -> Answer:
        """Do what ``use_case`` does; ``version``: the one that is changed; ``key``: an Idempotency-Key."""
        raise NotImplementedError

    async def made(self, use_case, members=None, **headers) -> Any:
        """The data that comes of it; a refusal fails the test."""
        return (await self.do(use_case, members, **headers)).expected_data

    async def expect_error(self, use_case, members=None, **headers) -> tuple:
        """Why it is refused; an answer fails the test."""
        return (await self.do(use_case, members, **headers)).error_summary


class Rest(Driver):
    """Over REST: an operation is found by its use case."""

    def __init__(self, http: httpx.AsyncClient, app: Any) -> None:
        self.http = http
        self._operations = {o.use_case: (path, o) for path, o in app.state.operations}
        self._operations |= {o.async_use_case: (path, o) for path, o in app.state.operations if o.async_use_case}
        self._operations |= {o.preview: (path, o) for path, o in app.state.operations if o.preview}

    async def do(self, use_case, members=None, *, version=None, key=None) -> Answer:
        path, operation = self._operations[use_case]
        members = dict(members or {})
        for name in re.findall(r"{(\w+)}", path):
            path = path.replace(f"{{{name}}}", str(members.pop(name)))
        headers = {} if version is None else {"if-match": f'"{version}"'}
        headers |= {} if key is None else {"idempotency-key": key}
        headers |= {"prefer": "respond-async"} if use_case is operation.async_use_case else {}
        sent = self._sent(use_case, operation, members, headers)
        sent |= {"params": {"dry_run": "true"}} if use_case is operation.preview else {}
        answer = await self.http.request(operation.method, path, **sent)
        body = answer.json()
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            return Answer(None, _without_request_ids(body))
        return Answer(body, None, answer.headers.get("idempotent-replayed") == "true")

    @staticmethod
    def _sent(use_case, operation, members, headers) -> dict:
        if operation.method == "GET":
            return {"params": members, "headers": headers}
        if use_case in FILES:
            member, media = FILES[use_case]
            return {"content": members.pop(member), "params": members, "headers": headers | media}
        return {"json": members, "headers": headers}


class GraphQL(Driver):
    """Over GraphQL: the field is found by the use case, the selection made of everything its answer has."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def do(self, use_case, members=None, *, version=None, key=None) -> Answer:
        members = _graphql_input(use_case, dict(members or {}))
        given = {"input": members} | ({} if version is None else {"expectedVersion": version})
        given |= {} if key is None else {"idempotencyKey": key}
        kind, name, known = _field(use_case)
        if "first" in known:
            given["first"] = int(members.pop("limit", 50))
            given["after"] = members.pop("cursor", None)
        if not members:
            given.pop("input")
        view, listed = _view(use_case)
        inner = _selection(view)
        inner = f"edges {{ node {{ {inner} }} }} pageInfo {{ hasNextPage endCursor }}" if listed else inner
        declared = ", ".join(f"${argument}: {known[argument]}" for argument in given)
        passed = ", ".join(f"{argument}: ${argument}" for argument in given)
        query = f"{kind} {f'({declared})' if given else ''} {{ {name}{f'({passed})' if given else ''} {{ {inner} }} }}"
        answer = await self.http.post("/graphql", json={"query": query, "variables": given})
        body = answer.json()
        if answer.status_code >= 400 and "errors" not in body:
            return Answer(None, _without_request_ids(body))
        if body.get("errors"):
            assert len(body["errors"]) == 1, body
            assert (body.get("data") or {}).get(name) is None
            return Answer(None, _without_request_ids(body["errors"][0]["extensions"]))
        return Answer(_parse_answer(use_case, body["data"][name], view, listed), None)


def _graphql_input(use_case, members: dict) -> dict:
    """``members`` as the input has them."""
    if use_case is push_batch:
        items = [_push_or_retract(item) for item in members.pop("items")]
        return members | {"items": items}
    if use_case is put_role_mapping:
        return {"entries": [{"rosterRole": name, "role": role} for name, role in members.items()]}
    if use_case in FILES:
        member, _ = FILES[use_case]
        members[member] = base64.b64encode(members[member]).decode()
    return camel(members)


def _push_or_retract(item: dict) -> dict:
    rest = {name: value for name, value in item.items() if name != "op"}
    return {item.get("op", "push"): camel(rest)}


def camel(value: Any) -> Any:
    """``said`` with its members in camelCase."""
    if isinstance(value, dict):
        return {to_camel_case(name): camel(value) for name, value in value.items()}
    return [camel(part) for part in value] if isinstance(value, list) else value


@cache
def _field(use_case) -> tuple[str, str, dict[str, str]]:
    """Whether a query or a mutation, its field, and the types of its arguments."""
    name = FIELD_NAMES[use_case]
    schema = SCHEMA._schema
    for kind, root in (("query", schema.query_type), ("mutation", schema.mutation_type)):
        if name in root.fields:
            return kind, name, {argument: str(a.type) for argument, a in root.fields[name].args.items()}
    raise AssertionError(f"GraphQL has no field {name}")


@cache
def _view(use_case) -> tuple[Any, bool]:
    shown = get_type_hints(use_case)["return"]
    if get_origin(shown) is Page:
        return get_args(shown)[0], True
    return next((part for part in get_args(shown) if is_dataclass(part)), shown), False


def _inner(hint: Any) -> Any:
    """The dataclass that ``hint`` holds, if any."""
    if isinstance(hint, type) and is_dataclass(hint):
        return hint
    return next((found for part in get_args(hint) if (found := _inner(part))), None)


def _is_uuid(hint: Any) -> bool:
    return any(getattr(part, "__supertype__", part) is UUID for part in (hint, *get_args(hint)))


@cache
def _members(view: type) -> tuple[tuple[str, str, Any], ...]:
    """Of each member: its name on the wire, its name in GraphQL, and the dataclass inside."""
    hints = get_type_hints(view)
    return tuple(
        (
            f.name,
            "uuid" if f.name == "id" and _is_uuid(hints[f.name]) else to_camel_case(f.name),
            _inner(hints[f.name]),
        )
        for f in fields(view)
    )


@cache
def _selection(view: type) -> str:
    return " ".join(f"{name} {{ {_selection(inner)} }}" if inner else name for _, name, inner in _members(view))


def _plain(view: Any, value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(view, part) for part in value]
    if view is None or value is None:
        return value
    return {wire: _plain(inner, value[name]) for wire, name, inner in _members(view)}


def _parse_answer(use_case, value: Any, view: Any, is_connection: bool) -> Any:
    if use_case in MAPPINGS:
        return {entry["rosterRole"]: entry["role"] for entry in value["entries"]}
    if is_connection:
        place = value["pageInfo"]
        items = [_plain(view, edge["node"]) for edge in value["edges"]]
        return {"items": items, "next_cursor": place["endCursor"] if place["hasNextPage"] else None}
    return _plain(view, value)
