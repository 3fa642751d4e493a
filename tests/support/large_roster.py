"""A roster as large as a district's."""

from domain.directory.model import UserId
from domain.roster.model import Assignment, IncomingRoster, LeftOut, Org, Person


def large(people: int, leaders: int = 0) -> IncomingRoster:
    """``people`` in 50 schools; the first ``leaders`` of them are principals, the others teachers."""
    nothing = dict.fromkeys(("middle_name", "preferred_given_name", "preferred_middle_name", "preferred_family_name"))
    orgs = [Org(sourced_id="d", name="D", type="district", identifier=None, parent_sourced_id=None)]
    orgs += [Org(sourced_id=f"s{n}", name=f"S{n}", type="school", identifier=None, parent_sourced_id="d") for n in range(50)]
    return IncomingRoster(
        orgs=tuple(orgs),
        people=tuple(
            Person(
                sourced_id=f"u{n}",
                given_name="Given",
                family_name=f"Family{n}",
                email=f"U{n}@example.org",
                username=f"U{n}",
                enabled=True,
                user_ids=(UserId(type="State", value=str(n)),),
                identifier=str(n),
                **nothing,
            )
            for n in range(people)
        ),
        assignments=tuple(
            Assignment(
                sourced_id=f"r{n}",
                person_sourced_id=f"u{n}",
                org_sourced_id=f"s{n % 50}",
                role_type="primary",
                role_sent="principal" if n < leaders else "teacher",
                role=None,
                begins=None,
                ends=None,
            )
            for n in range(people)
        ),
        sessions=None,
        left_out=LeftOut(students_and_family=0, without_role=0, other_sessions=0),
    )
