"""Where tests find the reference material, and that none of them is skipped where there should be some."""

import pytest

from tests.support.reference_material import sample, shared_folder


def test_the_folder_that_is_named_comes_before_the_one_beside(tmp_path):
    beside = tmp_path / "shared"
    assert shared_folder({}, tmp_path / "main") is None
    beside.mkdir()
    assert shared_folder({}, tmp_path / "main") == beside
    assert shared_folder({"EVENKEEL_SHARED": "/elsewhere"}, tmp_path / "main").as_posix() == "/elsewhere"


def test_a_sample_that_is_missing_fails_the_test(tmp_path):
    with pytest.raises(pytest.fail.Exception, match="the reference material lacks"):
        sample("partner-year", tmp_path)


def test_without_reference_material_the_test_is_skipped(monkeypatch):
    monkeypatch.setattr("tests.support.reference_material.shared_folder", lambda: None)
    with pytest.raises(pytest.skip.Exception, match="set EVENKEEL_SHARED"):
        sample("partner-year")


def test_a_sample_is_found_where_it_lies(tmp_path):
    (tmp_path / "samples" / "partner-year").mkdir(parents=True)
    assert sample("partner-year", tmp_path).is_dir()
