"""Pushing one observation of Visibility again and again, and what came of it, told in a word or two."""

from tests.support.payloads import visit

DAY = "2026-03-02T14:00:00Z"
BIG = "9" * 18


def rated(version, value=4, name="t-1", **changed):
    return visit(name, version, DAY, ("visibility", value), **changed)


def outcome_of(result):
    return result["status"], result["outcome"] or result["problem"]["code"]


async def pushes(district, *items, atomicity="each"):
    """Each item in a batch of its own: what came of it."""
    found = []
    for item in items:
        answer = await district.http.post("/v1/observations:batch", json={"atomicity": atomicity, "items": [item]})
        [result] = answer.json()["results"]
        assert (answer.status_code == 422) == (result["problem"] is not None)
        found.append(outcome_of(result))
    return found


async def batch(district, *items, atomicity="each"):
    answer = await district.http.post("/v1/observations:batch", json={"atomicity": atomicity, "items": items})
    return answer.status_code, answer.json()
