"""Relay's connections over the pages that use cases return."""

from dataclasses import dataclass
from functools import cache
from types import GenericAlias
from typing import Any

import strawberry

from domain.shared.paging import Page


@dataclass(frozen=True, kw_only=True)
class ConnectionValue:
    """A page; `inside`: it starts after a cursor."""

    page: Page[Any]
    inside: bool


@dataclass(frozen=True)
class EdgeValue:
    """One item with its page, from which its cursor is computed when the query selects it."""

    page: Page[Any]
    node: Any


@strawberry.type(description="The position of a page in its list. Lists are read forward only.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more items follow.")
    has_previous_page: bool = strawberry.field(description="Whether items come before: true after a cursor.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first item; null on an empty page.")
    end_cursor: str | None = strawberry.field(
        description="Cursor of the last item; null on an empty page. Send it as `after` for the next page."
    )


@cache
def connection(item: type) -> type:
    """Return the connection type of the output type `item`; cached."""
    name = item.__name__
    edge = strawberry.type(
        type(
            f"{name}Edge",
            (),
            {
                "__annotations__": {"node": item},
                "node": strawberry.field(description="The item."),
                "cursor": strawberry.field(resolver=_cursor, description="The cursor of the item."),
            },
        ),
        description=f"One item of a {name}Connection.",
    )
    body = {
        "edges": strawberry.field(resolver=_edges_of(edge), description="The items."),
        "page_info": strawberry.field(resolver=_page_info, description="The position of the page in the list."),
    }
    return strawberry.type(type(f"{name}Connection", (), body), description="A page of a list.")


def _cursor(root: strawberry.Parent[Any]) -> str:
    return str(root.page.cursor_of(root.node))


def _edges_of(edge: type) -> Any:
    def edges(root: strawberry.Parent[Any]) -> Any:
        return [EdgeValue(root.page, item) for item in root.page.items]

    edges.__annotations__["return"] = GenericAlias(list, (edge,))
    return edges


def _page_info(root: strawberry.Parent[Any]) -> PageInfo:
    page, items = root.page, root.page.items
    return PageInfo(
        has_next_page=page.has_more,
        has_previous_page=root.inside,
        start_cursor=page.cursor_of(items[0]) if items else None,
        end_cursor=page.cursor_of(items[-1]) if items else None,
    )
