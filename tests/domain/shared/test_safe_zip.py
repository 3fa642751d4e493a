"""What is wrong with a ZIP is told before anything of it is unpacked."""

import io
import stat
import struct
import zipfile

import pytest

from domain.shared.safe_zip import ENTRY_SIGNATURE, DamagedEntry, ZipErrorCode, ZipLimits, open_zip, read_entry

SMALL = ZipLimits(entries=3, each_bytes=3 * 2**20, total_bytes=4 * 2**20, ratio=250)
FOLDERS = ZipLimits(entries=3, each_bytes=2**20, total_bytes=2**20, folders=True)


def zipped(files, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, content in files.items():
            made.writestr(name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name), content, method)
    return out.getvalue()


def troubles(package, limits=SMALL):
    return [(f.code, f.name) for f in open_zip(package, limits)[1]]


def test_what_is_within_the_limits_is_read():
    archive, faults = open_zip(zipped({"a.csv": "x", "b.csv": "y"}), SMALL)
    assert (faults, read_entry(archive, "a.csv")) == ((), b"x")


def test_a_directory_of_many_entries_is_refused_before_it_is_read():
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, 46, 0, 0)
    archive, faults = open_zip((ENTRY_SIGNATURE + bytes(42)) * 50_000 + end, SMALL)
    assert archive is None
    assert [f.code for f in faults] == [ZipErrorCode.TOO_LARGE]


def test_a_few_files_too_many_are_told():
    assert troubles(zipped({f"{n}.csv": "x" for n in range(4)})) == [(ZipErrorCode.TOO_LARGE, None)]


def test_a_file_may_not_unpack_to_more_than_one_may_hold_nor_all_together():
    noise = bytes(range(256)) * 2**12
    assert troubles(zipped({"a": noise * 3 + b"x"}, zipfile.ZIP_STORED)) == [(ZipErrorCode.TOO_LARGE, "a")]
    assert troubles(zipped({"a": noise * 2, "b": noise * 2 + b"x"}, zipfile.ZIP_STORED)) == [(ZipErrorCode.TOO_LARGE, None)]


def test_a_bomb_is_known_by_how_much_it_unpacks_to():
    assert troubles(zipped({"a": bytes(2**21)})) == [(ZipErrorCode.TOO_LARGE, "a")]


def test_an_entry_that_declares_less_than_it_holds_gives_no_more_than_it_declared():
    package = bytearray(zipped({"a": bytes(2**21)}))
    for signature, offset in ((b"PK\1\2", 24), (b"PK\3\4", 22)):
        at = package.index(signature) + offset
        package[at : at + 4] = struct.pack("<L", 10)
    archive, faults = open_zip(bytes(package), SMALL)
    assert faults == ()
    with pytest.raises(DamagedEntry):
        read_entry(archive, "a")


@pytest.mark.parametrize("name", ["../a", "/a", "a/../../b", "C:/a", "a//b", "./a", "..\\a", "\\\\host\\a", "a\x01b"])
def test_a_name_that_leads_elsewhere_is_refused_where_folders_are_allowed(name):
    assert [t for t, _ in troubles(zipped({name: "x"}), FOLDERS)] == [ZipErrorCode.NAME]


def test_a_folder_is_fine_where_folders_are_allowed_and_nowhere_else():
    assert troubles(zipped({"people/a.csv": "x"}), FOLDERS) == []
    assert troubles(zipped({"people/a.csv": "x"})) == [(ZipErrorCode.NAME, "people/a.csv")]


def test_a_link_is_refused():
    link = zipfile.ZipInfo("a")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert troubles(zipped({link: "/etc/passwd"}), FOLDERS) == [(ZipErrorCode.NAME, "a")]
