"""The research framework; public, without a token."""

from typing import Annotated

from fastapi import Path

from api.rest.operations import Example, operation
from api.rest.routing import Router
from domain.framework import usecases
from domain.framework.views import (
    AlignmentsView,
    FocusAreasView,
    FrameworkView,
    MagnitudeFactsView,
    PhasesView,
    ResponsibilitiesView,
    ResponsibilityDetailView,
)

PAGE = (
    Example(summary="The whole page."),
    Example(summary="An unknown query parameter.", query={"colour": "blue"}, status=422),
)

router = Router(prefix="/v1/framework", tags=["framework"])


@router.get("")
@operation(usecases.read_framework, *PAGE)
async def read_framework() -> FrameworkView:
    """Read an overview of the framework."""
    return usecases.read_framework()


@router.get("/responsibilities")
@operation(usecases.list_responsibilities, *PAGE)
async def list_responsibilities_of_framework() -> ResponsibilitiesView:
    """List the 21 responsibilities."""
    return usecases.list_responsibilities()


@router.get("/responsibilities/{code:code}")
@operation(
    usecases.read_responsibility,
    Example(summary="One of the 21.", path={"code": "change_agent"}),
    Example(summary="An unknown code.", path={"code": "charisma"}, status=404),
    statuses=(404,),
)
async def read_responsibility(
    code: Annotated[str, Path(description="The responsibility's code, from GET /v1/framework/responsibilities.")],
) -> ResponsibilityDetailView:
    """Read a responsibility."""
    return usecases.read_responsibility(code)


@router.get("/phases")
@operation(usecases.read_framework_phases, *PAGE)
async def read_phases_of_framework() -> PhasesView:
    """Read the phases of a change."""
    return usecases.read_framework_phases()


@router.get("/magnitude")
@operation(usecases.read_framework_magnitude, *PAGE)
async def read_magnitude_of_framework() -> MagnitudeFactsView:
    """Read how first- and second-order change differ."""
    return usecases.read_framework_magnitude()


@router.get("/focus-areas")
@operation(usecases.read_focus_areas, *PAGE)
async def read_focus_areas_of_framework() -> FocusAreasView:
    """Read what leaders focus on, and where focus fails."""
    return usecases.read_focus_areas()


@router.get("/alignments")
@operation(usecases.read_alignments, *PAGE)
async def read_alignments_of_framework() -> AlignmentsView:
    """Read our alignment to other frameworks."""
    return usecases.read_alignments()
