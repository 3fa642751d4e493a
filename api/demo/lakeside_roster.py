"""The roster of the demo's second district: an invented OneRoster 1.2 bulk package."""

import io
import zipfile
from collections.abc import Iterable

PEOPLE = (
    ("901", "Nadia", "Okafor", "principal"),
    ("902", "Tomas", "Reyes", "ext:assistantPrincipal"),
    ("903", "Ida", "Holm", "teacher"),
    ("904", "Yusuf", "Demir", "teacher"),
    ("905", "Grace", "Lindqvist", "districtAdministrator"),
)
"""sourcedId, given name, family name and role of invented people."""

USERS = (
    "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,"
    "phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,"
    "primaryOrgSourcedId,pronouns"
)
ROLES = "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId"
FILES = [
    "academicSessions",
    "categories",
    "classes",
    "classResources",
    "courseResources",
    "courses",
    "demographics",
    "enrollments",
    "lineItemLearningObjectiveIds",
    "lineItems",
    "lineItemScoreScales",
    "orgs",
    "resources",
    "resultLearningObjectiveIds",
    "results",
    "resultScoreScales",
    "roles",
    "scoreScales",
    "userProfiles",
    "userResources",
    "users",
]


def lakeside_package() -> bytes:
    """Return a small OneRoster 1.2 bulk package: one school, five people."""
    files = {
        "orgs": [
            "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId",
            "900,,,Lakeside Unified,district,900,",
            "900001,,,Lakeside School,school,900001,900",
        ],
        "academicSessions": [
            "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear",
            "sy2027,,,2026-2027,schoolYear,2026-08-24,2027-06-11,,2027",
        ],
        "users": [USERS, *(_user(*person[:3]) for person in PEOPLE)],
        "roles": [ROLES, *(_role(person[0], person[3]) for person in PEOPLE)],
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, lines in {"manifest": _manifest(files), **files}.items():
            archive.writestr(zipfile.ZipInfo(f"{name}.csv", (2026, 11, 1, 0, 0, 0)), "\r\n".join(lines) + "\r\n")
    return out.getvalue()


def _user(sourced_id: str, given: str, family: str) -> str:
    return f"{sourced_id},,,true,{given[0].lower()}{family.lower()},,{given},{family},,{sourced_id}" + "," * 12


def _role(sourced_id: str, role: str) -> str:
    org = "900" if role.startswith("district") else "900001"
    return f"{sourced_id}-r,,,{sourced_id},primary,{role},2026-08-01,,{org},"


def _manifest(present: Iterable[str]) -> list[str]:
    names = set(present)
    rows = [f"file.{name},{'bulk' if name in names else 'absent'}" for name in FILES]
    return ["propertyName,value", "manifest.version,1.0", "oneroster.version,1.2", *rows, "source.systemName,Lakeside"]
