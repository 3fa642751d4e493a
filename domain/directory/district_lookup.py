"""By what people find their district before they sign in."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from annotated_types import MaxLen

from domain.shared.errors import Code, Invalid
from domain.shared.ids import DistrictId


class AddressKind(StrEnum):
    """By what people find their district."""

    SLUG = "slug"
    MAIL_DOMAIN = "mail_domain"
    TENANT = "tenant"


ADDRESS_FORMATS = {
    AddressKind.SLUG: (
        re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?"),
        "1 to 40 small letters, digits and hyphens, as in grand-bend",
    ),
    AddressKind.MAIL_DOMAIN: (
        re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"),
        "a domain in small letters, as in grandbend.k12.tx.us",
    ),
    AddressKind.TENANT: (
        re.compile(r"(?:google|entra|clever|classlink|oidc):[\x21-\x7e]{1,200}"),
        "the provider, a colon and its name of the district, as in clever:58da8c58155b4f0cc4e3b4f1",
    ),
}
RESERVED_SLUGS = frozenset({"clever"})
"""Words that stand where slugs do in the addresses of the sign-in pages."""


def check_address(kind: AddressKind, value: str) -> None:
    """Refuse an address that is not of its kind's form."""
    if not is_address(kind, value):
        pointer = "/slug" if kind is AddressKind.SLUG else "/value"
        raise Invalid.at(pointer, Code.MALFORMED, f"give {ADDRESS_FORMATS[kind][1]}")


def is_address(kind: AddressKind, value: str) -> bool:
    """Whether ``value`` is of its kind's form."""
    return ADDRESS_FORMATS[kind][0].fullmatch(value) is not None and not (kind is AddressKind.SLUG and value in RESERVED_SLUGS)


@dataclass(frozen=True, kw_only=True)
class FoundDistrict:
    """A district as the sign-in pages call it."""

    id: DistrictId
    """The district's id."""
    name: str
    """What people call it."""
    slug: str
    """Its part of the sign-in pages' addresses."""


@dataclass(frozen=True, kw_only=True)
class DistrictAddress:
    """By what a district is found."""

    kind: AddressKind
    """What kind of address."""
    value: str
    """The address."""


@dataclass(frozen=True, kw_only=True)
class DistrictAddressesView:
    """Everything by which a district is found."""

    addresses: tuple[DistrictAddress, ...]
    """By kind and value."""


@dataclass(frozen=True, kw_only=True)
class AddDistrictAddress:
    """Let people find a district by this."""

    kind: AddressKind
    """What kind of address."""
    value: Annotated[str, MaxLen(253)]
    """The address."""

    def __post_init__(self) -> None:
        check_address(self.kind, self.value)


@dataclass(frozen=True, kw_only=True)
class RemoveDistrictAddress:
    """Let nobody find a district by this."""

    kind: AddressKind
    """What kind of address."""
    value: Annotated[str, MaxLen(253)]
    """The address."""


@dataclass(frozen=True, kw_only=True)
class FindDistrict:
    """What somebody typed to find their district: its slug, or their mail address."""

    text: Annotated[str, MaxLen(320)]
    """A slug or a mail address."""


@dataclass(frozen=True, kw_only=True)
class FindPortalDistricts:
    """Ask for the districts behind a portal."""

    portal: str
    """The provider, as in clever."""


def parse_lookup(text: str) -> tuple[AddressKind, str]:
    """What is looked for: of a mail address its domain alone."""
    plain = text.strip().lower()
    if "@" in plain:
        return AddressKind.MAIL_DOMAIN, plain.rpartition("@")[2]
    return AddressKind.SLUG, plain
