"""A package is opened with distrust."""

import io
import zipfile
from dataclasses import replace

import pytest

from domain.roster import zip_package
from domain.roster.package_reader import read_package
from tests.support.roster_packages import CLEAN, clean, zipped


def codes(package: bytes):
    reading = read_package(package)
    assert reading.roster is None
    return [(f.file, f.code) for f in reading.report.findings]


@pytest.mark.parametrize("package", [b"", b"sourcedId,status\n", b"PK\x03\x04 and no more", clean()[:-40]])
def test_what_is_no_zip_is_told(package):
    assert codes(package) == [(None, "not_a_zip")]


def test_folders_are_refused():
    assert codes(zipped({f"export/{name}": text for name, text in CLEAN.items()})) == [
        (f"export/{name}", "folder") for name in sorted(CLEAN)
    ]
    assert ("../orgs.csv", "folder") in codes(zipped({**CLEAN, "../orgs.csv": "x"}))


def test_a_password_is_refused():
    package = bytearray(clean())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        package[package.index(signature) + offset] |= 1
    assert codes(bytes(package)) == [("manifest.csv", "encrypted")]


def test_a_file_twice_is_refused_whatever_its_letter_case():
    assert codes(zipped({**CLEAN, "Users.csv": "x"})) == [("users.csv", "file_twice")]


def test_a_bomb_is_refused_before_it_is_unpacked():
    assert codes(zipped({**CLEAN, "notes.csv": b"0" * 20_000_000})) == [("notes.csv", "package_too_large")]


def test_too_many_bytes_and_too_many_files_are_refused(monkeypatch):
    monkeypatch.setattr(zip_package, "ROSTER_ZIP_LIMITS", replace(zip_package.ROSTER_ZIP_LIMITS, total_bytes=100))
    assert codes(clean()) == [(None, "package_too_large")]
    monkeypatch.setattr(zip_package, "ROSTER_ZIP_LIMITS", replace(zip_package.ROSTER_ZIP_LIMITS, total_bytes=10**6, entries=4))
    assert codes(clean()) == [(None, "package_too_large")]


def test_a_damaged_file_is_told():
    package = bytearray(zipped(CLEAN, zipfile.ZIP_STORED))
    package[package.index(b"Hill School")] ^= 1
    assert ("orgs.csv", "not_a_zip") in codes(bytes(package))


def test_other_ways_of_packing_are_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as made:
        made.writestr("manifest.csv", CLEAN["manifest.csv"])
    assert codes(out.getvalue()) == [("manifest.csv", "not_a_zip")]
