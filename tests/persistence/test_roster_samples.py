"""Rosters of the shared samples: the dirty ones change nothing, whatever is held."""

import os
from pathlib import Path

import pytest

from domain.shared.errors import Invalid
from tests.support.districts import bring, grand_bend, looked_up
from tests.support.units import behind

SAMPLES = Path(os.environ.get("EVENKEEL_SHARED") or Path(__file__).parents[3] / "shared") / "samples"


@pytest.mark.official
@pytest.mark.parametrize("name", ["dirty-oneroster-1.1.zip", "dirty-oneroster-1.2.zip"])
async def test_a_dirty_sample_changes_nothing(database, name):
    if not SAMPLES.is_dir():
        pytest.skip(f"no shared samples at {SAMPLES}; set EVENKEEL_SHARED")
    district = await grand_bend(database)
    with pytest.raises(Invalid) as refusal:
        await bring(district, (SAMPLES / name).read_bytes(), force=True)
    assert refusal.value.code == "roster_faulty"
    assert await looked_up(district) == district
    async with behind(database.app_url, district.id) as raw:
        assert await raw.fetchval("select count(*) from roster_import") == 1
