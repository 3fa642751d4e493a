"""The stance as it is answered."""

from dataclasses import dataclass

from domain.shared.ids import GroupId
from domain.stance.model import Ask, AttributeValue, Method, StanceWord, Status


@dataclass(frozen=True, kw_only=True)
class StanceView:
    """How to decide with one group; nothing outside ``certain`` is ever chosen."""

    group_id: GroupId | None
    """the group; null where attributes were sent without one"""
    attributes: tuple[AttributeValue, ...]
    """the seven, in order"""
    certain: tuple[Method, ...]
    """methods that the rules leave open whatever the missing answers are"""
    possible: tuple[Method, ...]
    """methods that the rules leave open for some of them"""
    status: Status
    """settled, provisional, or open: then ask first"""
    ask: tuple[Ask, ...]
    """open questions that matter, the most telling first"""
    time_saving: Method | None
    """least participation among certain"""
    developmental: Method | None
    """most participation among certain"""
    choice: Method | None
    """what the rules come to; null while open"""
    stance: StanceWord | None
    """direct, consult or share; null while open"""
    sentence: str
    """for the leader"""
    rule: str
    """id of the rules"""
    configuration_version: int
    """the configuration that thresholds come from"""
    citations: tuple[str, ...]
    """ids of what the rules rest on"""
