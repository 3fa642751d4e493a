"""What is said in assessments: a leader of themselves, or somebody who supervises them (openapi/README.md 5.8)."""

from dataclasses import dataclass, field
from datetime import datetime

from domain.directory.model import PersonRef
from domain.framework.responsibilities import Responsibility
from domain.observations.commands import EXTERNAL_ID, EXTERNAL_VERSION, plain_version, version_faults
from domain.observations.model import Purpose, Scale, repeated
from domain.scoring.evidence_units import convert
from domain.shared.errors import Code, Fault, Invalid
from domain.shared.ids import AssessmentId, PersonId
from domain.shared.time import instant


@dataclass(frozen=True, kw_only=True)
class AssessedRating:
    """A rating of one responsibility on the assessment's own scale."""

    responsibility: str = field(
        metadata={"description": "The responsibility's code.", "examples": ["visibility"], "max_length": 64}
    )
    value: float = field(metadata={"description": "The rating on the scale.", "examples": [4]})


@dataclass(frozen=True, kw_only=True)
class Assess:
    """Ratings of a leader by themselves; the newest of each responsibility counts."""

    leader_id: PersonId = field(metadata={"description": "The leader."})
    external_id: str | None = field(default=None, metadata=EXTERNAL_ID)
    external_version: str | None = field(default=None, metadata=EXTERNAL_VERSION)
    purpose: Purpose = field(metadata={"description": "What it may be used for; formative only.", "examples": ["formative"]})
    assessed_at: datetime = field(
        metadata={"description": "When, with offset; at most 5 minutes ahead.", "examples": ["2026-05-18T15:00:00Z"]}
    )
    scale: Scale = field(metadata={"description": "The scale of all its ratings.", "examples": [{"worst": 1, "best": 5}]})
    ratings: tuple[AssessedRating, ...] = field(
        metadata={
            "description": "Some or all of the 21.",
            "examples": [[{"responsibility": "visibility", "value": 4}]],
            "min_length": 1,
            "max_length": 21,
        }
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "assessed_at", instant(self.assessed_at, "/assessed_at"))
        faults = version_faults(self.external_id, self.external_version)
        faults += repeated([r.responsibility for r in self.ratings], "/ratings/{}/responsibility", "rated above already")
        if faults:
            raise Invalid.of(faults)
        object.__setattr__(self, "external_version", plain_version(self.external_id, self.external_version))

    @property
    def version(self) -> int:
        """The version as a number."""
        return int(self.external_version or 1)


@dataclass(frozen=True, kw_only=True)
class AssessSelf(Assess):
    """A leader's ratings of themselves: never part of the score, only of the gap."""


@dataclass(frozen=True, kw_only=True)
class AssessAsSupervisor(Assess):
    """Ratings of a leader by somebody who holds ``supervisor`` or ``district_admin``."""

    supervisor: PersonRef = field(metadata={"description": "Who judged.", "examples": [{"sourced_id": "207247"}]})


@dataclass(frozen=True, kw_only=True)
class RetractAssessment:
    """Take back an assessment; the one before it counts again."""

    assessment_id: AssessmentId = field(metadata={"description": "The assessment."})
    external_version: str | None = field(
        default=None,
        metadata=EXTERNAL_VERSION | {"description": "The retraction's version, higher than that held. Absent: the next one."},
    )


def rating_faults(cmd: Assess) -> list[Fault]:
    """Ratings of what is none of the 21, and those off the scale."""
    faults: list[Fault] = []
    for i, rating in enumerate(cmd.ratings):
        if rating.responsibility not in frozenset(Responsibility):
            detail = "no such responsibility; GET /v1/framework/responsibilities lists the 21 codes"
            pointer = f"/ratings/{i}/responsibility"
            faults.append(Fault(pointer=pointer, code=Code.RESPONSIBILITY_NOT_FOUND, detail=detail))
        try:
            convert(rating.value, cmd.scale.worst, cmd.scale.best, f"/ratings/{i}/value")
        except Invalid as refusal:
            faults += refusal.errors
    return faults
