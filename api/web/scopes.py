"""Descriptions of scopes for people, for the consent page."""

from collections.abc import Collection, Mapping

from api.web.i18n import N_, gettext

DESCRIPTIONS: Mapping[str, str] = {
    "openid": N_("know that it is you"),
    "profile": N_("see your name"),
    "email": N_("see your e-mail address"),
    "offline_access": N_("stay signed in on this device"),
    "me:read": N_("see what is yours: your roles, notices and notes"),
    "me:write": N_("change what is yours, and share it for you"),
    "directory:read": N_("see schools and members of staff"),
    "roster:write": N_("bring in rosters and map roles"),
    "observations:read": N_("see observations"),
    "observations:write": N_("record observations"),
    "assessments:write": N_("record assessments"),
    "scores:read": N_("see leadership profiles"),
    "change:read": N_("see initiatives and how groups feel about them"),
    "change:write": N_("describe initiatives and groups"),
    "advice:read": N_("see advice"),
    "configuration:read": N_("see how scores are made"),
    "configuration:write": N_("change how scores are made"),
    "audit:read": N_("see who did what"),
    "exports:write": N_("take the district's data out"),
    "admin:read": N_("see how the district is set up"),
    "admin:write": N_("administer the district"),
}
"""The end of the sentence "The app wants permission to …", by scope, in the order of the page."""


def describe_scopes(scopes: Collection[str], language: str) -> list[str]:
    """Return the descriptions of `scopes` in `language`; a scope without one is named as it is."""
    described = [gettext(text, language) for scope, text in DESCRIPTIONS.items() if scope in scopes]
    return described + [scope for scope in scopes if scope not in DESCRIPTIONS]
