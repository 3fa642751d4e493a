"""Random batches against the contract's third section, written down once more as a model of a few lines."""

import random

import pytest

from tests.support.consistency import assert_whole
from tests.support.partner_year import push
from tests.support.payloads import retract, visit
from tests.support.rest_graphql_driver import GraphQL, Rest

VALUES = (1, 3, 5)


class Model:
    """What is held of each external_id: (version, value), the value None for a retraction."""

    def __init__(self):
        self.stored = {}

    def batch(self, operations, *, whole):
        """What must come of ``acts``, each (name, version, value): (status, outcome or code), in their order."""
        before, told, lower = dict(self.stored), {}, set()
        for i in sorted(range(len(operations)), key=lambda i: (-operations[i][1], i)):
            name, version, value = operations[i]
            taken = [j for j in told if operations[j][0] == name and told[j][0] < 300]
            told[i] = self._one(name, version, value)
            if told[i] == (409, "version_older") and taken:
                lower.add(i)
        spoilt = whole and any(told[i][0] >= 400 and i not in lower for i in told)
        if spoilt:
            self.stored = before
            told = {i: (424, "not_applied") if t[0] < 300 else t for i, t in told.items()}
        return [told[i] for i in range(len(operations))]

    def _one(self, name, version, value):
        now, what = self.stored.get(name, (None, None))
        if now is not None and version < now:
            return 409, "version_older"
        if version == now:
            return (200, "unchanged") if value == what else (409, "version_reused")
        if value not in {None, *VALUES}:
            # Identity comes first, what is rated after it: a repeat needs no look at scales.
            return 422, "out_of_scale"
        self.stored[name] = (version, value)
        if value is None:
            return 200, "retracted"
        return (201, "created") if now is None else (200, "replaced")


def outcome_of(result):
    return result["status"], result["outcome"] or result["problem"]["code"]


def payload_of(operation, rng):
    """The act as it is sent; versions with zeros before them say the same."""
    name, version, value = operation
    written = str(version).zfill(rng.randint(1, 18))
    if value is None:
        return retract(name, written)
    return visit(name, written, "2026-03-02T14:00:00Z", ("visibility", value), ("focus", 1))


@pytest.mark.parametrize("seed", range(4))
async def test_random_batches_come_out_as_the_model_says(district, service, seed):
    rng, model = random.Random(seed), Model()  # noqa: S311 - the same in each run
    drivers = Rest(district.http, service.app), GraphQL(district.http)
    ids = {}
    for _ in range(60):
        names = [f"m-{n}" for n in range(6)]
        choice = (None, *VALUES, *VALUES, 9)
        acts = [(rng.choice(names), rng.randint(1, 9), rng.choice(choice)) for _ in range(rng.randint(1, 7))]
        whole = rng.random() < 0.4
        sent = [payload_of(act, rng) for act in acts]
        results = await push(rng.choice(drivers), sent, "all" if whole else "each")
        assert [outcome_of(r) for r in results] == model.batch(acts, whole=whole), acts
        for act, result in zip(acts, results, strict=True):
            if result["id"] is not None:
                assert ids.setdefault(act[0], result["id"]) == result["id"]
    kept = await assert_whole(service, district)
    live = [value for _, value in model.stored.values() if value is not None]
    by_name = {key[1]: row for key, row in kept.items()}
    assert (by_name["visibility"][2], by_name["visibility"][3]) == (len(live), sum(live))
    assert by_name["focus"][2] == len(live)
