"""The stance as a response."""

from dataclasses import dataclass

from domain.shared.ids import GroupId
from domain.stance.model import Ask, AttributeValue, Method, StanceWord, Status


@dataclass(frozen=True, kw_only=True)
class StanceView:
    """How to decide with one group; the choice is always one of `certain`."""

    group_id: GroupId | None
    """the group; null where attributes were sent without one"""
    attributes: tuple[AttributeValue, ...]
    """the seven attributes, in order"""
    certain: tuple[Method, ...]
    """methods that the rules allow whatever the missing answers are"""
    possible: tuple[Method, ...]
    """methods that the rules allow for some of the missing answers"""
    status: Status
    """settled: missing answers change nothing; provisional: they may add methods; open: no method is certain yet"""
    ask: tuple[Ask, ...]
    """open questions that can change the methods, the most decisive first"""
    time_saving: Method | None
    """the method of certain with the least participation"""
    developmental: Method | None
    """the method of certain with the most participation"""
    choice: Method | None
    """the method that the rules choose; null while open"""
    stance: StanceWord | None
    """direct, consult or share; null while open"""
    sentence: str
    """a sentence for the leader"""
    rule: str
    """id of the rules"""
    configuration_version: int
    """version of the configuration that thresholds come from"""
    citations: tuple[str, ...]
    """ids of the sources of the rules"""
