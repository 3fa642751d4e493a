"""What tests say to the service: visits, assessments, an instrument, an initiative. Small, and on the people of Grand Bend."""

import random
from datetime import UTC, datetime

LEADER, OTHER, TEACHER, SUPERVISOR = "207267", "207266", "207219", "207247"
LEADERS = ("207267", "207266", "207264")
CODES = ("visibility", "focus", "input")
WALK = {"code": "month-walk", "version": "1"}
INSTRUMENT = WALK | {
    "elements": [
        {"code": "A", "scale": {"worst": 1, "best": 4}},
        {
            "code": "B",
            "scale": {"worst": 0, "best": 3},
            "levels": [{"code": c, "value": v} for v, c in enumerate(("not_yet", "emerging", "solid", "leading"))],
        },
        {"code": "C", "scale": {"worst": 5, "best": 1}},
        {"code": "Z", "scale": {"worst": 1, "best": 4}},
    ]
}
CROSSWALK = {
    "code": "month-map",
    "version": "1",
    "instrument": WALK,
    "mappings": [
        {"element": "A", "responsibility": "visibility", "weight": 1.0},
        {"element": "A", "responsibility": "focus", "weight": 0.5},
        {"element": "B", "responsibility": "focus", "weight": 0.6},
        {"element": "C", "responsibility": "input", "weight": 0.4},
    ],
}


def visit(name, version, at, *ratings, **changed):
    """A visit by a coach; ratings are (what, how): an element in capitals, else a responsibility."""
    said = {
        "purpose": "formative",
        "leader": {"sourced_id": LEADER},
        "observer": {"external_name": "Visiting coach"},
        "school": {"sourced_id": "255901001"},
        "observed_at": at,
        "setting": "classroom",
        "ratings": [_rating(what, how) for what, how in ratings],
    }
    if any(what.isupper() for what, _ in ratings):
        said["instrument"] = WALK
    named = {} if name is None else {"external_id": name, "external_version": version}
    return named | said | changed


def _rating(what, how):
    named = {"element" if what.isupper() else "responsibility": what}
    if how is None:
        return named | {"not_observed": True}
    return named | ({"level": how} if isinstance(how, str) else {"value": how})


def retract(name, version):
    return {"op": "retract", "external_id": name, "external_version": version}


SELF = {"purpose": "formative", "assessed_at": "2026-03-10T10:00:00Z", "scale": {"worst": 1, "best": 5}}
SUPERVISOR_RATED = SELF | {"supervisor": {"sourced_id": SUPERVISOR}, "scale": {"worst": 4, "best": 1}}

PLAN = {
    "leader": {"sourced_id": "207267"},
    "title": "Shared reading in every subject",
    "decide_by": "2026-12-20",
    "stakes": "high",
    "goal_tied_to_student_learning": True,
    "about_teaching_and_learning": True,
}
CORE = {"name": "core teachers", "size": 14, "role": "implementing", "must_change_practice": True}
PULSE = [[3, 4, 3, 4, 3, 5, 4], [4, 3, 5, 5, 4, 4, 3], [4, 4, 4, 3, 4, 4, 4], [2, 4, 3, 3, 3, 4, 4], [2, 5, 3, 4, 5, None, 4]]


def item(number, version):
    """The act of this thing in this version: the same whoever sends it."""
    rng = random.Random(f"{number} {version}")  # noqa: S311 - the same in each run
    if rng.random() < 0.2:
        return retract(f"c-{number}", str(version))
    rated = [(code, rng.randint(1, 5)) for code in rng.sample(CODES, 2)] + [("A", rng.randint(1, 4))]
    at = datetime(2026, 1 + number % 6, 1 + version, 9, tzinfo=UTC).isoformat()
    return visit(f"c-{number}", str(version), at, *rated, leader={"sourced_id": rng.choice(LEADERS)})
