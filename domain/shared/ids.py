"""Identifiers. Minted by the application (``Context.new_id``, time-ordered), never by the database."""

from typing import NewType
from uuid import UUID

DistrictId = NewType("DistrictId", UUID)
SchoolId = NewType("SchoolId", UUID)
PersonId = NewType("PersonId", UUID)  # a leader's id is the person's id
AssignmentId = NewType("AssignmentId", UUID)
RosterImportId = NewType("RosterImportId", UUID)
InstrumentId = NewType("InstrumentId", UUID)
CrosswalkId = NewType("CrosswalkId", UUID)
ObservationId = NewType("ObservationId", UUID)
AssessmentId = NewType("AssessmentId", UUID)
InitiativeId = NewType("InitiativeId", UUID)
GroupId = NewType("GroupId", UUID)
NoteId = NewType("NoteId", UUID)
JobId = NewType("JobId", UUID)
NotificationId = NewType("NotificationId", UUID)
SessionId = NewType("SessionId", UUID)
InitialAccessTokenId = NewType("InitialAccessTokenId", UUID)
