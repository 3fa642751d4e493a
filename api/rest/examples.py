"""The things of the demo's district that the documents' examples name: its ids are the same in every installation.

So every example can be sent as it stands to a freshly started demo; a test does.
"""

LEADER = "00000000-0000-7000-8000-000000000000"
SCHOOL = "00000000-0000-7000-8000-000000000000"
INITIATIVE = "00000000-0000-7000-8000-000000000000"
GROUP = "00000000-0000-7000-8000-000000000000"
OBSERVATION = "00000000-0000-7000-8000-000000000000"
ASSESSMENT = "00000000-0000-7000-8000-000000000000"
ROSTER_IMPORT = "00000000-0000-7000-8000-000000000000"
NOBODY = "01900000-0000-7000-8000-000000000000"

VISIT = {
    "external_id": "walk-4711",
    "external_version": "1",
    "purpose": "formative",
    "leader": {"sourced_id": "207267"},
    "observer": {"external_name": "Visiting coach"},
    "school": {"sourced_id": "255901001"},
    "observed_at": "2026-03-02T13:41:20Z",
    "setting": "classroom",
    "announced": True,
    "duration_minutes": 20,
    "ratings": [
        {"responsibility": "visibility", "value": 4},
        {"responsibility": "focus", "value": 3},
        {"responsibility": "input", "not_observed": True},
    ],
    "feedback": [{"type": "reinforcement", "text": "Purpose was clear to everyone in the room."}],
}
