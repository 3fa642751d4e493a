"""What a password must be: long, and without anything that somebody who knows the person and the district would try first."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from domain.shared.errors import Code, FieldError

MIN_PASSWORD_LENGTH = 12
MAX_PASSWORD_LENGTH = 256
SHORTEST_PART = 4
"""Letters from which on a name may stand nowhere in a password; shorter ones are part of too many words."""
SHORTEST_WORD = 3
"""Letters from which on a name may not be a word of a password; shorter ones are ignored."""

DISTRICT_WORDS = frozenset(
    {
        "isd",
        "cisd",
        "usd",
        "cusd",
        "csd",
        "esd",
        "sd",
        "uhsd",
        "district",
        "districts",
        "school",
        "schools",
        "public",
        "independent",
        "unified",
        "consolidated",
        "community",
        "unit",
        "union",
        "joint",
        "central",
        "regional",
        "local",
        "area",
        "city",
        "county",
        "township",
        "elementary",
        "secondary",
        "high",
        "board",
        "department",
        "education",
        "academy",
        "academies",
        "charter",
        "of",
        "the",
        "and",
        "for",
    }
)
"""Words that say what kind of district it is; what is left of its name is what people call it."""

RUNS = ("abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm")
COMMON = frozenset({"password", "passwordpassword", "contrasena", "letmein", "welcome", "evenkeel", "changeme", "qwerty"})


def password_errors(password: str, *, forbidden: Iterable[str]) -> list[FieldError]:
    """What is wrong with a password (NIST SP 800-63B section 5.1.1.2: length, no composition rules, nothing expected).

    ``known``: texts that it must not contain, as ``known_texts`` lists them; letter case, spaces, punctuation and diacritics
    make no difference. No list of leaked passwords is shipped: a useful one is larger than this service, and tries are
    throttled.
    """
    if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
        detail = f"{MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH} characters; a sentence is easy to remember"
        return [FieldError(pointer="/password", code=Code.OUT_OF_RANGE, detail=detail)]
    if _is_pattern(password.casefold()) or any(_contains(password, text) for text in forbidden):
        detail = (
            "somebody would guess this: choose one without your name, your user name and your district's name, and without "
            "repeated or counted characters"
        )
        return [FieldError(pointer="/password", code=Code.NOT_ALLOWED, detail=detail)]
    return []


def forbidden_texts(
    *, district: str, slug: str | None, names: Iterable[str], username: str | None, email: str | None
) -> frozenset[str]:
    """Texts about a person and their district that a password must not contain.

    ``names``: the person's, each with its words; of ``email`` the part before the at sign counts.
    """
    found = {district, district_core(district), slug or "", username or "", (email or "").partition("@")[0]}
    for name in names:
        found |= {name, *_words(name)}
    return frozenset(text for text in found if text)


def district_core(name: str) -> str:
    """What people call a district: its name without the words for its kind, as ``Grand Bend`` of ``Grand Bend ISD``."""
    words = name.split()
    return " ".join(word for word in words if _normalized(word) not in DISTRICT_WORDS) or name


def _contains(password: str, text: str) -> bool:
    """Whether ``text`` stands in ``password``; a short one, whether it is a word of it, or all of its letters."""
    sought = _normalized(text)
    if len(sought) >= SHORTEST_PART:
        return sought in _normalized(password)
    if len(sought) < SHORTEST_WORD:
        return False
    letters = "".join(c for c in _normalized(password) if c.isalpha())
    return sought in _words(password) or (sought in letters and not letters.replace(sought, ""))


def _is_pattern(plain: str) -> bool:
    """Few different characters, a short text over and over, a run of the keyboard, or one of the words all lists begin with."""
    if len(set(plain)) < 5 or plain in (plain + plain)[1:-1]:
        return True
    if any(plain in run or plain in run[::-1] for run in RUNS):
        return True
    return "".join(c for c in _normalized(plain) if c.isalpha()) in COMMON


def _normalized(text: str) -> str:
    """Letters and digits of ``text`` alone, without letter case and diacritics."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(c for c in decomposed if c.isalnum())


def _words(text: str) -> frozenset[str]:
    return frozenset(filter(None, map(_normalized, _split(text))))


def _split(text: str) -> Iterator[str]:
    """Runs of letters, and runs of digits, each by itself: ``Lee2026`` has the word ``Lee``."""
    return (found.group() for found in re.finditer(r"[^\W\d_]+|\d+", unicodedata.normalize("NFC", text)))
