"""Ids of the demo district, for examples in the OpenAPI document: the demo has the same ids in every installation.

So every example can be sent unchanged to a freshly started demo; a test does so.
"""

from pathlib import PurePath

LEADER = "01a196fb-1600-7038-9aaf-54a7b2a833c6"
DUPLICATE = "01a196fb-1600-7008-808d-12b6d700ce4c"
SCHOOL = "01a196fb-1600-7005-9b15-13c0d16593db"
INITIATIVE = "01a196fb-1600-70f7-bfed-b145824e2ee9"
GROUP = "01a196fb-1600-70f8-b17f-3834653ad7ba"
OBSERVATION = "01a196fb-1600-70ea-8671-8c84971966ef"
ASSESSMENT = "01a196fb-1600-70eb-a538-97d40f10b97d"
ROSTER_IMPORT = "01a196fb-1600-7093-b215-6c552d777a57"
JOB = "01a196fb-1600-710c-af1d-0d8390ea6275"
LEGAL_HOLD = "01a196fb-1600-710d-b000-9aa2b24f12dc"
NOTE = "01a196fb-1600-710e-aa92-8ca178eb2705"
GROUP_VERSION = "3"
ROSTER_PACKAGE = PurePath("grand-bend-oneroster-1.2-bulk.zip")
"""The body of an example that is a file of the demo."""
UNKNOWN_ID = "01900000-0000-7000-8000-000000000000"

OBSERVATION_BODY = {
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
