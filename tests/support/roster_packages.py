"""Roster packages made in code: a small clean one, and ways to spoil it."""

import io
import zipfile
from pathlib import Path

GRAND_BEND = Path(__file__).parents[2] / "api" / "demo" / "grand-bend-oneroster-1.2-bulk.zip"

ORGS = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId"
SESSIONS = "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear"
USERS = (
    "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,"
    "agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,"
    "primaryOrgSourcedId,pronouns"
)
ROLES = "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId"
USERS_1_1 = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,"
    "identifier,email,sms,phone,agentSourcedIds,grades,password"
)

MANIFEST = """propertyName,value
manifest.version,1.0
oneroster.version,1.2
file.academicSessions,bulk
file.orgs,bulk
file.roles,bulk
file.users,bulk
"""
CLEAN = {
    "manifest.csv": MANIFEST,
    "orgs.csv": f"{ORGS}\nd,,,Lake District,district,D1,\ns1,,,Hill School,school,S1,d\ns2,,,Dale School,school,S2,d\n",
    "academicSessions.csv": f"{SESSIONS}\ny27,,,Year 2027,schoolYear,2026-08-17,2027-05-28,,2027\n"
    "t1,,,Autumn,term,2026-08-17,2026-12-18,y27,2027\n",
    "users.csv": f"{USERS}\n"
    'u1,,,true,apple,"{State:11},{Badge:7}",Ann,Apple,Q,E1,ann@example.org,555-0100,555-0101,u3,,Secret-1,,Annie,,,s1,she\n'
    "u2,,,true,berry,,Ben,Berry,,E2,,,,,,Secret-2,,,,,s2,\n"
    "u3,,,true,pupil,,Paula,Pupilwright,,X3,paula@example.org,,,u1,07,Secret-3,,,,,s1,\n",
    "roles.csv": f"{ROLES}\n"
    "r1,,,u1,primary,principal,2020-08-01,,s1,\n"
    "r2,,,u2,primary,teacher,,,s2,\n"
    "r3,,,u3,primary,student,,,s1,\n"
    "r4,,,u2,secondary,guardian,,,s1,\n",
}
CLEAN_1_1 = {
    "manifest.csv": "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\n"
    "file.academicSessions,absent\nfile.orgs,bulk\nfile.users,bulk\n",
    "orgs.csv": CLEAN["orgs.csv"],
    "users.csv": f"{USERS_1_1}\n"
    'u1,,,true,"s1,s2",administrator,apple,,Ann,Apple,,E1,,,,,,\n'
    "u2,,,true,s2,teacher,berry,,Ben,Berry,,E2,,,,,,\n"
    "u3,,,true,s1,student,pupil,,Paula,Pupilwright,,X3,,,,,,Secret-3\n",
}


def zipped(files: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """``files`` as a package."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            # an entry without a date of its own: the same package has the same bytes at any time
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return out.getvalue()


def clean(**changes: str | bytes | None) -> bytes:
    """The clean 1.2 package; ``orgs=…`` replaces orgs.csv, null takes it out."""
    return _with(CLEAN, changes)


def clean_1_1(**changes: str | bytes | None) -> bytes:
    """The clean 1.1 package, changed in the same way."""
    return _with(CLEAN_1_1, changes)


def _with(files: dict[str, str], changes: dict[str, str | bytes | None]) -> bytes:
    merged: dict[str, str | bytes | None] = {**files, **{f"{name}.csv": text for name, text in changes.items()}}
    return zipped({name: text for name, text in merged.items() if text is not None})


def spoilt(name: str, old: str, new: str) -> bytes:
    """The clean 1.2 package with ``old`` replaced in one file; it must be there."""
    assert old in CLEAN[f"{name}.csv"]
    return clean(**{name: CLEAN[f"{name}.csv"].replace(old, new)})
