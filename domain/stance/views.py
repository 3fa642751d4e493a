"""The stance as it is answered."""

from dataclasses import dataclass, field

from domain.shared.ids import GroupId
from domain.stance.model import Ask, AttributeValue, Method, StanceWord, Status


@dataclass(frozen=True, kw_only=True)
class StanceView:
    """How to decide with one group; nothing outside ``certain`` is ever chosen."""

    group_id: GroupId | None = field(metadata={"description": "the group; null where attributes were sent without one"})
    attributes: tuple[AttributeValue, ...] = field(metadata={"description": "the seven, in order"})
    certain: tuple[Method, ...] = field(
        metadata={"description": "methods that the rules leave open whatever the missing answers are"}
    )
    possible: tuple[Method, ...] = field(metadata={"description": "methods that the rules leave open for some of them"})
    status: Status = field(metadata={"description": "settled, provisional, or open: then ask first"})
    ask: tuple[Ask, ...] = field(metadata={"description": "open questions that matter, the most telling first"})
    time_saving: Method | None = field(metadata={"description": "least participation among certain"})
    developmental: Method | None = field(metadata={"description": "most participation among certain"})
    choice: Method | None = field(metadata={"description": "what the rules come to; null while open"})
    stance: StanceWord | None = field(metadata={"description": "direct, consult or share; null while open"})
    sentence: str = field(metadata={"description": "for the leader"})
    rule: str = field(metadata={"description": "id of the rules"})
    configuration_version: int = field(metadata={"description": "the configuration that thresholds come from"})
    citations: tuple[str, ...] = field(metadata={"description": "ids of what the rules rest on"})
