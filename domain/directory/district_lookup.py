"""By what people find their district before they sign in."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from domain.shared.errors import Code, Invalid
from domain.shared.ids import DistrictId


class AddressKind(StrEnum):
    """By what people find their district."""

    SLUG = "slug"
    MAIL_DOMAIN = "mail_domain"
    TENANT = "tenant"


FORMS = {
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
RESERVED = frozenset({"clever"})
"""Words that stand where slugs do in the addresses of the sign-in pages."""


def check_address(kind: AddressKind, value: str) -> None:
    """Refuse an address that is not of its kind's form."""
    if not is_address(kind, value):
        pointer = "/slug" if kind is AddressKind.SLUG else "/value"
        raise Invalid.at(pointer, Code.MALFORMED, f"give {FORMS[kind][1]}")


def is_address(kind: AddressKind, value: str) -> bool:
    """Whether ``value`` is of its kind's form."""
    return FORMS[kind][0].fullmatch(value) is not None and not (kind is AddressKind.SLUG and value in RESERVED)


@dataclass(frozen=True, kw_only=True)
class FoundDistrict:
    """A district as the sign-in pages call it."""

    id: DistrictId = field(metadata={"description": "The district's id."})
    name: str = field(metadata={"description": "What people call it."})
    slug: str = field(metadata={"description": "Its part of the sign-in pages' addresses."})


@dataclass(frozen=True, kw_only=True)
class DistrictAddress:
    """By what a district is found."""

    kind: AddressKind = field(metadata={"description": "What kind of address."})
    value: str = field(metadata={"description": "The address."})


@dataclass(frozen=True, kw_only=True)
class DistrictAddressesView:
    """Everything by which a district is found."""

    addresses: tuple[DistrictAddress, ...] = field(metadata={"description": "By kind and value."})


@dataclass(frozen=True, kw_only=True)
class AddDistrictAddress:
    """Let people find a district by this."""

    kind: AddressKind = field(metadata={"description": "What kind of address."})
    value: str = field(metadata={"description": "The address.", "max_length": 253})

    def __post_init__(self) -> None:
        check_address(self.kind, self.value)


@dataclass(frozen=True, kw_only=True)
class RemoveDistrictAddress:
    """Let nobody find a district by this."""

    kind: AddressKind = field(metadata={"description": "What kind of address."})
    value: str = field(metadata={"description": "The address.", "max_length": 253})


@dataclass(frozen=True, kw_only=True)
class FindDistrict:
    """What somebody typed to find their district: its slug, or their mail address."""

    text: str = field(metadata={"description": "A slug or a mail address.", "max_length": 320})


@dataclass(frozen=True, kw_only=True)
class FindPortalDistricts:
    """Ask for the districts behind a portal."""

    portal: str = field(metadata={"description": "The provider, as in clever."})


def sought(text: str) -> tuple[AddressKind, str]:
    """What is looked for: of a mail address its domain alone."""
    plain = text.strip().lower()
    if "@" in plain:
        return AddressKind.MAIL_DOMAIN, plain.rpartition("@")[2]
    return AddressKind.SLUG, plain
