"""Whose an instrument is (openapi/README.md 5.5): pushing evidence and deciding what it means are two rights."""

from domain.observations.model import Rubric
from domain.observations.ports import InstrumentStore
from domain.shared.context import Actor, Scope
from domain.shared.errors import Code, Forbidden


def check_own_instrument(actor: Actor, rubric: Rubric) -> None:
    """Refuse (``insufficient_scope``) who would say what another origin's instrument measures, without ``configuration:write``.

    An instrument that came before origins were kept is nobody's own.
    """
    _check(actor, rubric.origin, "this instrument is not of your origin: what it measures is the district's to decide")


async def check_own_code(actor: Actor, code: str, instruments: InstrumentStore) -> None:
    """Refuse the same way who would add a version under another origin's code: a code is the origin's of its first version."""
    first = await instruments.first_version(code)
    if first is not None:
        _check(actor, first.origin, "this code is not of your origin; choose another code")


def _check(actor: Actor, origin: str | None, why: str) -> None:
    if origin == actor.origin or actor.has_scope(Scope.CONFIGURATION_WRITE):
        return
    raise Forbidden(
        f"{why}, and needs the scope {Scope.CONFIGURATION_WRITE.value}; ask an administrator of the district",
        code=Code.INSUFFICIENT_SCOPE,
        extensions={"scope": Scope.CONFIGURATION_WRITE.value},
    )
