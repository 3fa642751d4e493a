"""Stylesheet, scripts and vendored packages: they are what their README says, and browsers may cache them."""

import re
from hashlib import sha256

import pytest

from api.web.assets import FOLDER, asset_url
from tests.api.web.test_developer_pages import application
from tests.support.service import asgi

README = (FOLDER / "README.md").read_text()
FILES = re.findall(r"^\| `([^`]+)` \| `([0-9a-f]{64})` \|$", README, re.MULTILINE)
OWN = {"README.md", "style.css", "tool.css", "icon.svg", "reference.js", "explorer.js"}


@pytest.fixture(scope="module")
def service():
    return application()


async def get(service, path, **headers):
    async with asgi(service) as http:
        return await http.get(path, headers=headers)


def test_every_vendored_file_is_the_one_that_the_readme_names():
    assert len(FILES) > 10
    assert [name for name, digest in FILES if sha256((FOLDER / name).read_bytes()).hexdigest() != digest] == []
    there = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()}
    assert there - OWN == {name for name, _ in FILES}


def test_every_vendored_package_has_its_licence_and_stands_in_the_notice():
    notice = (FOLDER.parents[2] / "NOTICE").read_text()
    packages = [path for path in FOLDER.iterdir() if path.is_dir()]
    assert [path.name for path in packages if not (path / "LICENSE").is_file()] == []
    for path in packages:
        name, _, version = path.name.rpartition("-")
        assert re.search(rf"^\| \[?{name}.*\| {re.escape(version)} \|", README, re.MULTILINE), path.name
        assert f"api/web/static/{path.name}" in notice


async def test_a_file_is_cached_and_asked_for_again_by_its_content(service):
    for name, media_type in (("style.css", "text/css"), ("reference.js", "javascript"), ("icon.svg", "image/svg+xml")):
        answer = await get(service, asset_url(name))
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, max-age=86400")
        assert media_type in answer.headers["content-type"]
        assert answer.headers["etag"] == f'"{sha256((FOLDER / name).read_bytes()).hexdigest()}"'
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        again = await get(service, asset_url(name), **{"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", answer.headers["etag"])
        stale = await get(service, asset_url(name), **{"if-none-match": '"another"'})
        assert stale.status_code == 200


@pytest.mark.parametrize(
    "path",
    ["", "nothing.css", "../pages.py", "%2e%2e/pages.py", "..%2fpages.py", "react-18.3.1", "react-18.3.1/", "//x", "x%00y"],
)
async def test_nothing_else_is_served(service, path):
    answer = await get(service, f"/assets/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


async def test_files_are_only_read(service):
    async with asgi(service) as http:
        answer = await http.post("/assets/style.css")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
