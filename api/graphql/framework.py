"""The framework's public pages: the only fields that need no token."""

import strawberry

from api.graphql.fields import public
from domain.framework import usecases


@strawberry.type
class FrameworkQuery:
    framework = public(usecases.read_framework)
    responsibilities = public(usecases.list_responsibilities)
    responsibility = public(usecases.read_responsibility)
    framework_phases = public(usecases.read_phases, name="frameworkPhases")
    framework_magnitude = public(usecases.read_magnitude, name="frameworkMagnitude")
    focus_areas = public(usecases.read_focus_areas)
    alignments = public(usecases.read_alignments)
