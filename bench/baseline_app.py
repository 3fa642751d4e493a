"""The limit of reading a profile: an ASGI application of its own, a pool with its defaults, one query, no rules.

The answer has the members of a profile. Its numbers are copied from the rows: nothing is computed, nobody is asked who they
are, no transaction is opened. It reads as the superuser, so that no fence is in the way.
"""

import os
from uuid import UUID

import asyncpg
import msgspec

from domain.framework.responsibilities import Responsibility
from domain.scoring.usecases.profile import CITATIONS

QUERY = """
select responsibility, source, fw_f, fwx_f, n, sum_x_f, sum_xx_f, form_c, newest_at from tally
where district_id = $1 and leader_id = $2 and basis = 1
"""
DISTRICT = UUID(os.environ.get("BENCH_DISTRICT", "00000000-0000-0000-0000-000000000000"))
CODES = [r.value for r in Responsibility]
HEADERS = [(b"content-type", b"application/json")]
NOTICE = "x" * 200


class Interval(msgspec.Struct, gc=False):
    low: float
    high: float
    level: float


class Share(msgspec.Struct, gc=False):
    source: str
    n: int
    mean: float
    se: float
    se_basis: str
    effective_n: float
    current_mean: float
    reliability: float
    share: float
    withheld: None


class Gap(msgspec.Struct, gc=False):
    value: float
    interval: Interval
    classification: str
    flag: None
    reference: str


class Score(msgspec.Struct, gc=False):
    responsibility: str
    estimate: float
    sd: float
    interval: Interval
    p_below_target: float
    reliability: float
    evidence: str
    sources: list[Share]
    prior_share: float
    self_gap: Gap | None
    disagreement: bool


class Profile(msgspec.Struct, gc=False):
    leader_id: str
    as_of: object
    computed_from: str
    configuration_version: int
    framework_version: str
    scores: list[Score]
    notice: str
    citations: object


encode = msgspec.json.Encoder().encode
cited = msgspec.Raw(encode(CITATIONS))
pools: list[asyncpg.Pool] = []


async def app(scope, receive, send):
    """``GET /v1/leaders/{id}/profile``, as the service has it."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    leader = scope["path"][12:48]
    rows = await pools[0].fetch(QUERY, DISTRICT, UUID(leader))
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": encode(_profile(leader, rows))})


async def _live(receive, send):
    await receive()
    pools.append(await asyncpg.create_pool(os.environ["BENCH_DATABASE_URL"]))
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await pools[0].close()
    await send({"type": "lifespan.shutdown.complete"})


def _profile(leader, rows) -> Profile:
    shares: dict[str, list[Share]] = {code: [] for code in CODES}
    own = {}
    for code, source, fw, fwx, n, sum_x, sum_xx, c, _ in rows:
        if source == "self":
            own[code] = Gap(sum_x, Interval(fw, fwx, 0.95), "in_agreement_good", None, "teacher")
        else:
            shares[code].append(Share(source, n, sum_x, sum_xx, "model", fw, fwx, c, c, None))
    scores = []
    for code, found in shares.items():
        a = found[0]
        interval = Interval(a.mean, a.se, 0.95)
        gap = own.get(code)
        scores.append(
            Score(code, a.mean, a.se, interval, a.effective_n, a.current_mean, "enough", found, a.share, gap, False)  # noqa: FBT003
        )
    return Profile(leader, rows[0][8], "tallies", 1, "2023.1", scores, NOTICE, cited)
