"""Files and headers of the OneRoster CSV binding 1.2 and 1.1 that are read; other files are never opened."""

from enum import StrEnum


class OneRosterVersion(StrEnum):
    """The supported versions of the binding."""

    V1_1 = "1.1"
    V1_2 = "1.2"


MANIFEST = "manifest"
ORGS = "orgs"
SESSIONS = "academicSessions"
USERS = "users"
ROLES = "roles"

FILES_READ = {OneRosterVersion.V1_1: (ORGS, SESSIONS, USERS), OneRosterVersion.V1_2: (ORGS, SESSIONS, USERS, ROLES)}
REQUIRED_FILES = {OneRosterVersion.V1_1: (ORGS, USERS), OneRosterVersion.V1_2: (ORGS, USERS, ROLES)}

BLANK_IN_BULK = ("status", "dateLastModified")
_COMMON = ("sourcedId", *BLANK_IN_BULK)
_NAMES = (
    "givenName",
    "familyName",
    "middleName",
    "identifier",
    "email",
    "sms",
    "phone",
    "agentSourcedIds",
    "grades",
    "password",
)
_ORGS = (*_COMMON, "name", "type", "identifier", "parentSourcedId")
_SESSIONS = (*_COMMON, "title", "type", "startDate", "endDate", "parentSourcedId", "schoolYear")
_USERS_1_1 = (*_COMMON, "enabledUser", "orgSourcedIds", "role", "username", "userIds", *_NAMES)
_USERS_1_2 = (
    *_COMMON,
    "enabledUser",
    "username",
    "userIds",
    *_NAMES,
    "userMasterIdentifier",
    "preferredGivenName",
    "preferredMiddleName",
    "preferredFamilyName",
    "primaryOrgSourcedId",
    "pronouns",
)
_ROLES = (
    *_COMMON,
    "userSourcedId",
    "roleType",
    "role",
    "beginDate",
    "endDate",
    "orgSourcedId",
    "userProfileSourcedId",
)

HEADERS = {
    OneRosterVersion.V1_1: {ORGS: _ORGS, SESSIONS: _SESSIONS, USERS: _USERS_1_1},
    OneRosterVersion.V1_2: {ORGS: _ORGS, SESSIONS: _SESSIONS, USERS: _USERS_1_2, ROLES: _ROLES},
}
MANIFEST_HEADER = ("propertyName", "value")

NEVER_READ = frozenset(
    {
        "sms",
        "phone",
        "agentSourcedIds",
        "grades",
        "password",
        "pronouns",
        "primaryOrgSourcedId",
        "userMasterIdentifier",
        "userProfileSourcedId",
    }
)
"""Columns that the header must have and whose cells are discarded while parsing (openapi/README.md 7.1)."""

ORG_TYPES = ("department", "district", "local", "national", "school", "state")
SESSION_TYPES = ("gradingPeriod", "semester", "schoolYear", "term")
ROLE_TYPES = ("primary", "secondary")
ROSTER_ROLES = (
    "administrator",
    "aide",
    "counselor",
    "districtAdministrator",
    "guardian",
    "parent",
    "principal",
    "proctor",
    "relative",
    "siteAdministrator",
    "student",
    "systemAdministrator",
    "teacher",
)
"""The roles of 1.2, and `administrator` of 1.1, which has no other role for a principal."""
