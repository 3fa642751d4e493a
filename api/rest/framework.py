"""The framework's public pages."""

from fastapi import Request

from api.rest.operations import Example, Operation, UseCase, router_of
from api.rest.requests import refuse_query
from domain.framework import usecases


async def _code(request: Request) -> str:
    refuse_query(request)
    return str(request.path_params["code"])


def _page(path: str, use_case: UseCase, summary: str) -> Operation:
    return Operation(
        method="GET",
        path=path,
        use_case=use_case,
        summary=summary,
        public=True,
        # Two of these pages are named like things that groups have.
        name=f"{use_case.__name__}_of_framework" if path else None,
        examples=(
            Example(summary="All of it."),
            Example(summary="A parameter that is none.", query={"colour": "blue"}, status=422),
        ),
    )


router = router_of(
    "/v1/framework",
    "framework",
    (
        _page("", usecases.read_framework, "The framework at a glance"),
        _page("/responsibilities", usecases.list_responsibilities, "The 21 responsibilities"),
        Operation(
            method="GET",
            path="/responsibilities/{code}",
            use_case=usecases.read_responsibility,
            summary="One responsibility",
            public=True,
            hear=_code,
            refusals=(404,),
            examples=(
                Example(summary="One of the 21.", path={"code": "change_agent"}),
                Example(summary="None of them.", path={"code": "charisma"}, status=404),
            ),
        ),
        _page("/phases", usecases.read_phases, "The phases of a change"),
        _page("/magnitude", usecases.read_magnitude, "How people tell first- from second-order change"),
        _page("/focus-areas", usecases.read_focus_areas, "What leaders focus on, and where focus fails"),
        _page("/alignments", usecases.read_alignments, "Alignment to other frameworks, our reading"),
    ),
)
