"""Check who may change an instrument (openapi/README.md 5.5): pushing evidence and mapping it are separate rights."""

from domain.observations.model import Rubric
from domain.observations.ports import InstrumentStore
from domain.shared.context import Actor, Scope
from domain.shared.errors import Code, Forbidden


def check_own_instrument(actor: Actor, rubric: Rubric) -> None:
    """Raise `Forbidden` (`insufficient_scope`) for the instrument of another origin, without `configuration:write`.

    An instrument whose origin was not stored (null) belongs to no origin.
    """
    _check(actor, rubric.origin, "this instrument was created by another system, so only the district may map it")


async def check_own_code(actor: Actor, code: str, instruments: InstrumentStore) -> None:
    """Raise `Forbidden` for the code of another origin; a code belongs to the origin of its first version."""
    first = await instruments.first_version(code)
    if first is not None:
        _check(actor, first.origin, "this code belongs to another system; choose another code")


def _check(actor: Actor, origin: str | None, reason: str) -> None:
    if origin == actor.origin or actor.has_scope(Scope.CONFIGURATION_WRITE):
        return
    raise Forbidden(
        f"{reason}; otherwise the scope {Scope.CONFIGURATION_WRITE.value} is needed: ask an administrator of the district",
        code=Code.INSUFFICIENT_SCOPE,
        extensions={"scope": Scope.CONFIGURATION_WRITE.value},
    )
