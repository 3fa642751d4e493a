"""The research framework: with the data map, the only fields that need no token."""

import strawberry

from api.graphql.fields import public_field
from domain.framework import usecases


@strawberry.type
class FrameworkQuery:
    framework = public_field(usecases.read_framework)
    responsibilities = public_field(usecases.list_responsibilities)
    responsibility = public_field(usecases.read_responsibility)
    framework_phases = public_field(usecases.read_framework_phases, name="frameworkPhases")
    framework_magnitude = public_field(usecases.read_framework_magnitude, name="frameworkMagnitude")
    focus_areas = public_field(usecases.read_focus_areas)
    alignments = public_field(usecases.read_alignments)
