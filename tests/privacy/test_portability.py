"""A district taken away, erased and brought back is the same district: the same ids, the same scores to the last digit."""

import csv
import io
import json
import zipfile
from hashlib import sha256

import asyncpg
import pytest

from api.security.encryption import hmac_under_keys
from domain.directory.usecases.people_and_schools import list_leaders
from domain.observations.usecases.push import push_observation
from domain.privacy.erasure_certificate import Certificate, is_genuine
from domain.scoring.usecases.profile import read_profile
from domain.shared.errors import Conflict, DomainError, NotFound
from persistence.tables import DATA_MAP
from tests.support.payloads import visit
from tests.support.postgres import clone
from tests.support.rest_graphql_driver import Rest
from tests.support.service import APP_SCOPES, SECRET, serving
from tests.support.year_of_data import AT, TENANT_TABLES, Installation


async def profiles(driver):
    """Of every leader: now, and looked back from the evidence."""
    leaders = (await driver.made(list_leaders, {"limit": 100}))["items"]
    found = {}
    for leader in leaders:
        for at in ({}, {"at": AT}):
            found[leader["id"], *at] = await driver.made(read_profile, {"leader_id": leader["id"]} | at)
    return found


async def test_export_erase_and_import_give_the_same_district_again(filled):
    here, service, district, driver, _ids, neighbour = filled
    before, scores, others = await here.rows(district.id), await profiles(driver), await here.rows(neighbour.id)
    assert len(before["observation"]) == 5
    assert len({p["scores"][0]["estimate"] for p in scores.values()}) > 0
    package = await here.export(district.id)
    erased = await here.erase(district.id)
    assert all(rows == [] for rows in (await here.rows(district.id)).values())
    assert {c.table: c.rows for c in erased.rows}["person"] == 68
    brought = await here.import_package(package, district.id)
    after = await here.rows(district.id)
    kept = [name for name in before if not DATA_MAP[name].not_exported]
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert {"observation", "rating", "tally", "supervision"} <= set(kept)
    assert not {"erasure", "idempotency", "account", "session", "identity_link", "private_note"} & set(kept)
    [client] = brought.clients
    steps = "\n".join(brought.steps)
    for command in ("district address add slug SLUG", f"client secret {client}", "client enable evenkeel-native"):
        assert f"evenkeel {command} --district {district.id}" in steps
    assert await here.wrong_scores(district.id) == []
    again = Rest(await service.client(district.id, APP_SCOPES, "app"), service.app)
    assert await profiles(again) == scores
    assert await here.rows(neighbour.id) == others


async def test_a_running_installation_with_other_districts_takes_it_in(filled):
    here, _, district, driver, _ids, _ = filled
    scores, rows = await profiles(driver), await here.rows(district.id)
    package = await here.export(district.id)
    with clone() as other:
        async with serving(other) as there:
            own = await there.district("Own")
            held = await Installation(other).rows(own.id)
            await Installation(other).import_package(package, district.id)
            http = await there.client(district.id, APP_SCOPES, "app")
            assert await profiles(Rest(http, there.app)) == scores
            arrived = await Installation(other).rows(district.id)
            assert {t: arrived[t] for t in arrived if not DATA_MAP[t].not_exported} == {
                t: rows[t] for t in rows if not DATA_MAP[t].not_exported
            }
            assert await Installation(other).rows(own.id) == held
            # what was pushed before is known: twice is once, also elsewhere
            twice = await Rest(http, there.app).made(
                push_observation, visit("v-1", "1", "2026-04-11T14:00:00Z", ("A", 4), ("B", "solid"))
            )
            assert twice["outcome"] == "unchanged"


async def test_a_district_that_is_there_is_not_brought_in_again(filled):
    here, _, district, _, _, _ = filled
    package, before = await here.export(district.id), await here.rows(district.id)
    with pytest.raises(Conflict, match="with this id exists"):
        await here.import_package(package, district.id)
    assert await here.rows(district.id) == before


async def test_the_certificate_has_counts_and_digests_is_genuine_and_stays(filled):
    here, _, district, _, _, _ = filled
    tried = await here.erase(district.id, dry_run=True)
    assert tried.certificate is None
    package = await here.export(district.id)
    done = await here.erase(district.id)
    by_table = {c.table: c.rows for c in done.rows}
    # The export stands in the trail as well, by a row that came after its own moment.
    counted = {c.table: c.rows for c in tried.rows} | {"audit_event": by_table["audit_event"]}
    assert by_table["audit_event"] == 1 + next(c.rows for c in tried.rows if c.table == "audit_event")
    assert counted.items() <= by_table.items()
    assert is_genuine(done.certificate, hmac_under_keys(SECRET))
    assert is_genuine(done.certificate, hmac_under_keys("the key of tomorrow, of more than thirty-two", SECRET))
    assert not is_genuine(done.certificate, hmac_under_keys("another secret of more than thirty-two letters"))
    changed = dict(done.certificate.document) | {"by": "somebody else"}
    assert not is_genuine(Certificate(document=changed, signature=done.certificate.signature), hmac_under_keys(SECRET))
    manifest = json.loads(zipfile.ZipFile(io.BytesIO(package)).read("manifest.json"))
    told = {f["table"]: f["sha256"] for f in manifest["files"] if f["table"] and not f["table"].startswith("control.")}
    assert done.certificate.document["sha256_of_rows"] == told
    connection = await asyncpg.connect(here.database.admin_url)
    kept = await connection.fetchrow("select document::text, signature from control.district_erasure")
    await connection.close()
    assert is_genuine(Certificate(document=json.loads(kept[0]), signature=kept[1]), hmac_under_keys(SECRET))
    assert "Grand Bend" not in kept[0]
    with pytest.raises(NotFound):
        await here.erase(district.id)


async def test_nothing_secret_is_in_the_package(filled):
    here, _, district, _, _, _ = filled
    archive = zipfile.ZipFile(io.BytesIO(await here.export(district.id)))
    names = set(archive.namelist())
    assert names == {
        "manifest.json",
        "README.txt",
        *(f"csv/{n}.csv" for n in ("people", "schools", "observations", "scores")),
    } | {f"data/{t}.jsonl" for t in [*(n for n in TENANT_TABLES if not DATA_MAP[n].not_exported), "control.client"]}
    [client] = archive.read("data/control.client.jsonl").splitlines()
    assert set(json.loads(client)) == {"client_id", "name", "origin", "scopes", "created_at", "revoked_at", "evaluates"}
    connection = await asyncpg.connect(here.database.admin_url)
    secrets = [
        row[0].hex().encode()
        for row in await connection.fetch("select secret_sha256 from control.client where secret_sha256 is not null")
    ]
    await connection.close()
    for name in names:
        content = archive.read(name)
        assert not any(secret in content for secret in secrets)
    readme = archive.read("README.txt").decode()
    assert all(f"data/{t}.jsonl" in readme for t in TENANT_TABLES if not DATA_MAP[t].not_exported)
    for f in json.loads(archive.read("manifest.json"))["files"]:
        assert sha256(archive.read(f["name"])).hexdigest() == f["sha256"]


SECRETS = """
select c.client_id, c.secret_sha256 from control.client c
join control.client_district d using (client_id) where d.district_id = $1
"""


async def test_the_old_secret_of_a_client_is_good_no_more(filled):
    here, _, district, _, _, _ = filled
    connection = await asyncpg.connect(here.database.admin_url)
    [(named, before)] = await connection.fetch(SECRETS, district.id)
    package = await here.export(district.id)
    await here.erase(district.id)
    assert await connection.fetch(SECRETS, district.id) == []
    await here.import_package(package, district.id)
    [(again, after)] = await connection.fetch(SECRETS, district.id)
    await connection.close()
    assert again == named
    assert len(after) == 32
    assert after != before


async def test_cells_that_a_spreadsheet_would_run_are_marked(filled):
    here, _, district, driver, _, _ = filled
    evil = visit("v-evil", "1", "2026-06-01T14:00:00Z", ("focus", 4))
    evil["observer"] = {"external_name": '=HYPERLINK("http://x","y")'}
    evil["feedback"] = [{"type": "note", "text": "@SUM(1+1)"}]
    await driver.made(push_observation, evil)
    archive = zipfile.ZipFile(io.BytesIO(await here.export(district.id)))
    rows = list(csv.DictReader(io.StringIO(archive.read("csv/observations.csv").decode(), newline="")))
    [row] = [r for r in rows if r["external_id"] == "v-evil"]
    assert row["observer"] == '\'=HYPERLINK("http://x","y")'
    for name in ("people", "schools", "observations", "scores"):
        for cells in csv.reader(io.StringIO(archive.read(f"csv/{name}.csv").decode(), newline="")):
            assert not any(cell.lstrip()[:1] in set("=+-@|%") - {""} for cell in cells if cell.strip()), cells
    scores = list(csv.DictReader(io.StringIO(archive.read("csv/scores.csv").decode(), newline="")))
    leaders = (await driver.made(list_leaders, {"limit": 100}))["items"]
    assert len(scores) == 21 * len(leaders)


def spoilt(package: bytes, name: str, change) -> bytes:
    """``package`` with one file changed; the manifest is told of it unless that is what is changed."""
    old, written = zipfile.ZipFile(io.BytesIO(package)), io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            content = old.read(entry)
            new.writestr(entry, change(content) if entry == name else content)
    return written.getvalue()


def retold(package: bytes, name: str, change) -> bytes:
    """The same, but with the digest, size and rows in the manifest put right: by somebody who knows how."""

    def updated_manifest(manifest: bytes) -> bytes:
        told = json.loads(manifest)
        content = change(zipfile.ZipFile(io.BytesIO(package)).read(name))
        for f in told["files"]:
            if f["name"] == name:
                f |= {"sha256": sha256(content).hexdigest(), "size": len(content), "rows": content.count(b"\n")}
        return json.dumps(told).encode()

    return spoilt(spoilt(package, name, change), "manifest.json", updated_manifest)


def more(package: bytes, name: str, content: bytes) -> bytes:
    written = io.BytesIO(package)
    with zipfile.ZipFile(written, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return written.getvalue()


def with_manifest(package, **changes):
    return spoilt(package, "manifest.json", lambda m: json.dumps(json.loads(m) | changes).encode())


async def test_a_package_that_was_tampered_with_leaves_nothing(filled):
    here, _, district, _, _, _ = filled
    package = await here.export(district.id)
    await here.erase(district.id)
    faults = {
        "its digest differs": spoilt(package, "data/person.jsonl", lambda c: c.replace(b"207267", b"207268", 1)),
        "differ from its manifest": more(package, "data/stray.jsonl", b"{}\n"),
        "not a ZIP file": b"PK no zip",
        "no valid manifest": spoilt(package, "manifest.json", lambda _: b"[]"),
        "this release reads": with_manifest(package, format_version=2),
        "the package has schema revision 0001": with_manifest(package, schema="0001"),
        "the columns of tally": with_manifest(
            package,
            files=[
                f | ({"columns": [*f["columns"], "stray"]} if f["table"] == "tally" else {})
                for f in json.loads(zipfile.ZipFile(io.BytesIO(package)).read("manifest.json"))["files"]
            ],
        ),
        "which is never exported": with_manifest(
            package,
            files=[
                f | ({"table": "idempotency"} if f["table"] == "tally" else {})
                for f in json.loads(zipfile.ZipFile(io.BytesIO(package)).read("manifest.json"))["files"]
            ],
        ),
        "not a row with exactly": retold(package, "data/org.jsonl", lambda c: c + b'{"id": 1}\n'),
        "over 250 times": retold(package, "data/feedback.jsonl", lambda c: c + b" " * 50_000_000 + b"\n"),
        "tallies of the package differ from its evidence": retold(
            package, "data/tally.jsonl", lambda c: c.replace(b'"n":1,', b'"n":7,', 1)
        ),
        "of another district": with_manifest(package, district_id="01900000-0000-7000-8000-000000000000"),
    }
    for sentence, faulty in faults.items():
        with pytest.raises(DomainError) as refused:
            await here.import_package(faulty, district.id)
        assert sentence in refused.value.detail
    assert all(rows == [] for rows in (await here.rows(district.id)).values())
    await here.import_package(package, district.id)


async def test_rows_of_another_district_in_a_package_come_into_its_own(filled):
    here, _, district, _, _, neighbour = filled
    others = await here.rows(neighbour.id)
    package = await here.export(district.id)
    await here.erase(district.id)
    moved = retold(
        package, "data/academic_session.jsonl", lambda c: c.replace(str(district.id).encode(), str(neighbour.id).encode())
    )
    await here.import_package(moved, district.id)
    assert await here.rows(neighbour.id) == others


async def test_an_import_takes_no_client_that_is_here(filled):
    here, _service, district, _, _, neighbour = filled
    connection = await asyncpg.connect(here.database.admin_url)
    theirs = await connection.fetchval("select client_id from control.client_district where district_id = $1", neighbour.id)
    package = await here.export(district.id)
    await here.erase(district.id)
    stolen = retold(
        package, "data/control.client.jsonl", lambda c: json.dumps(json.loads(c) | {"client_id": theirs}).encode() + b"\n"
    )
    brought = await here.import_package(stolen, district.id)
    assert (brought.clients, brought.clients_left_out) == ((), (theirs,))
    assert await connection.fetchval("select count(*) from control.client_district where client_id = $1", theirs) == 1
    await connection.close()
    assert (await neighbour.http.get("/v1/people")).status_code == 200


async def test_a_package_with_too_many_files_or_too_much_in_them_is_not_opened(filled, monkeypatch):
    here, _, district, _, _, _ = filled
    package = await here.export(district.id)
    await here.erase(district.id)
    for limit, sentence in (("MAX_ENTRIES", "at most 3 are allowed"), ("MAX_BYTES", "at most 0 are allowed")):
        with monkeypatch.context() as patched:
            patched.setattr(f"domain.privacy.package_reader.{limit}", 3)
            with pytest.raises(DomainError, match=sentence):
                await here.import_package(package, district.id)


async def test_an_export_is_of_one_moment(filled, monkeypatch):
    """What is pushed while it runs is in none of its files."""
    here, _, district, driver, _, _ = filled
    from persistence.repositories.privacy.portability import PgPortability

    pushed, real = [], PgPortability.sheet

    async def sheet(self, name):
        if not pushed:
            pushed.append(await driver.made(push_observation, visit("v-late", "1", "2026-06-02T14:00:00Z", ("focus", 5))))
        async for rows in real(self, name):
            yield rows

    monkeypatch.setattr(PgPortability, "sheet", sheet)
    archive = zipfile.ZipFile(io.BytesIO(await here.export(district.id)))
    assert pushed
    assert b"v-late" not in archive.read("data/observation.jsonl")
    assert b"v-late" not in archive.read("csv/observations.csv")
