"""The operator's side of a district that moves: exported, erased, and brought back only by who accepts the rights it brings."""

import pytest

from tests.support.cli import error_output, evenkeel, json_output
from tests.support.service import SECRET

pytestmark = pytest.mark.usefixtures("server")


@pytest.fixture
def settings(database):
    return {"DATABASE_URL": database.app_url, "MIGRATION_DATABASE_URL": database.owner_url, "SECRET_KEY": SECRET}


@pytest.fixture
def package(settings, tmp_path):
    """A district with a client that may administer it, exported and then erased: its id and the file."""
    district = json_output("district", "create", "Grand Bend", "--time-zone", "America/Chicago", **settings)["id"]
    client = ("client", "create", "--district", district, "--name", "Console", "--origin", "console", "--scopes", "admin:write")
    json_output(*client, **settings)
    file = tmp_path / "grand-bend.zip"
    json_output("district", "export", district, file, **settings)
    json_output("district", "erase", district, "--yes", **settings)
    return district, file


def test_a_package_with_rights_comes_in_only_where_they_are_accepted(settings, package):
    district, file = package
    refused = error_output("district", "import", file, **settings)
    assert "--accept-rights" in refused
    assert json_output("district", "import", file, "--accept-rights", **settings)["district_id"] == district
    assert "Grand Bend" in evenkeel("doctor", "--audit", **settings).stdout


def test_a_dry_run_names_the_rights_and_brings_nothing(settings, package):
    _, file = package
    tried = json_output("district", "import", file, "--dry-run", **settings)
    assert "admin:write" in str(tried)
    assert "Grand Bend" not in evenkeel("doctor", "--audit", **settings).stdout


def test_a_file_that_is_no_package_is_refused(settings, tmp_path):
    file = tmp_path / "notes.zip"
    file.write_text("no archive")
    assert "ZIP" in error_output("district", "import", file, **settings)
