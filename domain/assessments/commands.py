"""Commands of assessments: by the leader or by a supervisor (openapi/README.md 5.8)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from annotated_types import MaxLen, MinLen

from domain.directory.model import PersonRef
from domain.framework.responsibilities import Responsibility
from domain.observations.commands import normalized_version, version_errors
from domain.observations.model import Purpose, Scale, duplicate_errors
from domain.scoring.evidence_units import convert
from domain.shared.errors import Code, FieldError, Invalid
from domain.shared.fields import Examples, Pattern
from domain.shared.ids import AssessmentId, PersonId
from domain.shared.time import utc_instant


@dataclass(frozen=True, kw_only=True)
class AssessedRating:
    """A rating of one responsibility on the assessment's own scale."""

    responsibility: Annotated[str, MaxLen(64), Examples("visibility")]
    """The responsibility's code."""
    value: Annotated[float, Examples(4)]
    """The rating on the scale."""


@dataclass(frozen=True, kw_only=True)
class Assess:
    """Ratings of a leader by one assessor; the newest of each responsibility counts."""

    leader_id: PersonId
    """The leader."""
    external_id: Annotated[str, MinLen(1), MaxLen(200), Examples("walk-4711")] | None = None
    """The sender's own id of the assessment, by which a repeated push is recognised."""
    external_version: Annotated[str, Pattern(r"^[0-9]{1,18}$"), Examples("1")] | None = None
    """1 to 18 digits, compared as a number; a change needs a higher one. Default with an external_id: 1."""
    purpose: Annotated[Purpose, Examples("formative")]
    """The permitted use; only formative is accepted."""
    assessed_at: Annotated[datetime, Examples("2026-05-18T15:00:00Z")]
    """The time of the assessment with offset, at most 5 minutes in the future."""
    scale: Annotated[Scale, Examples({"worst": 1, "best": 5})]
    """The scale of all its ratings."""
    ratings: Annotated[
        tuple[AssessedRating, ...], MinLen(1), MaxLen(21), Examples([{"responsibility": "visibility", "value": 4}])
    ]
    """Ratings of some or all of the 21 responsibilities."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "assessed_at", utc_instant(self.assessed_at, "/assessed_at"))
        errors = version_errors(self.external_id, self.external_version)
        errors += duplicate_errors(
            [r.responsibility for r in self.ratings],
            "/ratings/{}/responsibility",
            "an earlier rating is of the same responsibility; remove one",
        )
        if errors:
            raise Invalid.of(errors)
        object.__setattr__(self, "external_version", normalized_version(self.external_id, self.external_version))

    @property
    def version(self) -> int:
        """The version as a number."""
        return int(self.external_version or 1)


@dataclass(frozen=True, kw_only=True)
class AssessSelf(Assess):
    """A leader's ratings of themselves, which count in the self-other gap, but not in the score."""


@dataclass(frozen=True, kw_only=True)
class AssessAsSupervisor(Assess):
    """Ratings of a leader by a person with the role supervisor or district_admin."""

    supervisor: Annotated[PersonRef, Examples({"sourced_id": "207247"})]
    """The person who gave the ratings."""


@dataclass(frozen=True, kw_only=True)
class RetractAssessment:
    """Retract an assessment; the previous one counts again."""

    assessment_id: AssessmentId
    """The assessment."""
    external_version: Annotated[str, Pattern(r"^[0-9]{1,18}$"), Examples("1")] | None = None
    """The version of the retraction, higher than the stored one. Default: the next one."""


def assessment_rating_errors(cmd: Assess) -> list[FieldError]:
    """Return an error for each rating with an unknown responsibility or a value outside the scale."""
    errors: list[FieldError] = []
    for i, rating in enumerate(cmd.ratings):
        if rating.responsibility not in frozenset(Responsibility):
            detail = "unknown responsibility; GET /v1/framework/responsibilities lists the 21 codes"
            pointer = f"/ratings/{i}/responsibility"
            errors.append(FieldError(pointer=pointer, code=Code.RESPONSIBILITY_NOT_FOUND, detail=detail))
        try:
            convert(rating.value, cmd.scale.worst, cmd.scale.best, f"/ratings/{i}/value")
        except Invalid as invalid:
            errors += invalid.errors
    return errors
