"""Derive the seven attributes from what is known of a group, a leader and a decision (METHOD 12.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from domain.change.model import Initiative, Stakes
from domain.change.rules import Basis, GroupState
from domain.framework.configuration import Configuration
from domain.framework.magnitude import Magnitude
from domain.framework.responsibilities import Responsibility
from domain.scoring.views import Evidence, Posterior
from domain.stance.model import Attribute, AttributeValue, Origin, Value

NO_READING = (Value.UNKNOWN, None)
AttributeReading = tuple[Value, Origin | None]
Posteriors = Mapping[Responsibility, Posterior]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A decision with one group: what its attributes are derived from."""

    initiative: Initiative
    group_state: GroupState
    posteriors: Posteriors
    cfg: Configuration


def read_attributes(decision: Decision, answers: Mapping[Attribute, Value]) -> tuple[AttributeValue, ...]:
    """Return the seven attributes in order. An answer for this decision takes precedence; `unknown` counts as no answer."""
    return tuple(_attribute(a, decision, answers.get(a, Value.UNKNOWN)) for a in Attribute)


def attributes_from_answers(answers: Mapping[Attribute, Value]) -> tuple[AttributeValue, ...]:
    """Return the seven attributes in order, from answers only."""
    return tuple(_answered(a, answers.get(a, Value.UNKNOWN)) for a in Attribute)


def is_urgent(decide_by: date | None, today: date, cfg: Configuration) -> bool:
    """Return whether the deadline is near or past; no deadline is not urgent (openapi/README.md 12.5).

    `today`: the date in the district's time zone.
    """
    return decide_by is not None and (decide_by - today).days <= cfg.stance.urgent_days


def _answered(attribute: Attribute, value: Value) -> AttributeValue:
    origin = None if value is Value.UNKNOWN else Origin.ASKED
    return AttributeValue(code=attribute, value=value, origin=origin, estimated=False)


def _attribute(attribute: Attribute, decision: Decision, answer: Value) -> AttributeValue:
    if answer is not Value.UNKNOWN:
        return _answered(attribute, answer)
    value, origin = _READERS[attribute](decision)
    by_label = attribute in {Attribute.ST, Attribute.AP} and value is not Value.UNKNOWN
    estimated = by_label and decision.group_state.magnitude.basis is Basis.ESTIMATED
    return AttributeValue(code=attribute, value=value, origin=origin, estimated=estimated)


def _quality(d: Decision) -> AttributeReading:
    if d.initiative.stakes is Stakes.HIGH or d.initiative.goal_tied_to_student_learning:
        return Value.YES, Origin.DEFAULT
    return (Value.NO, Origin.DEFAULT) if d.initiative.stakes is Stakes.LOW else NO_READING


def _information(d: Decision) -> AttributeReading:
    """Never an automatic no: a leader with a low score may know enough for this decision."""
    knows = d.initiative.about_teaching_and_learning and _at_target(d, Responsibility.KNOWLEDGE_OF_TEACHING_AND_LEARNING)
    return (Value.YES, Origin.SCORE) if knows else NO_READING


def _structure(d: Decision) -> AttributeReading:
    return (Value.NO, Origin.DEFAULT) if d.group_state.magnitude.label is Magnitude.SECOND_ORDER else NO_READING


def _acceptance(d: Decision) -> AttributeReading:
    must = d.group_state.must_change_practice
    return NO_READING if must is None else (Value.YES if must else Value.NO, Origin.DEFAULT)


def _acceptance_likely(d: Decision) -> AttributeReading:
    value = {Magnitude.FIRST_ORDER: Value.YES, Magnitude.SECOND_ORDER: Value.NO}.get(d.group_state.magnitude.label)
    return NO_READING if value is None else (value, Origin.MAGNITUDE)


def _goals(d: Decision) -> AttributeReading:
    shared = _at_target(d, Responsibility.COMMUNITY) and _at_target(d, Responsibility.FOCUS)
    return (Value.YES, Origin.SCORE) if shared else NO_READING


def _conflict(d: Decision) -> AttributeReading:
    """Never an automatic no: people may agree on how they experience a change and not on what to do."""
    rwg = None if d.group_state.measured is None else d.group_state.measured.rwg
    return (Value.YES, Origin.MAGNITUDE) if rwg is not None and rwg < d.cfg.stance.rwg_below else NO_READING


def _at_target(d: Decision, responsibility: Responsibility) -> bool:
    p = d.posteriors.get(responsibility)
    return p is not None and p.evidence is Evidence.ENOUGH and p.theta >= d.cfg.target


_READERS = {
    Attribute.QR: _quality,
    Attribute.LI: _information,
    Attribute.ST: _structure,
    Attribute.AC: _acceptance,
    Attribute.AP: _acceptance_likely,
    Attribute.GC: _goals,
    Attribute.CO: _conflict,
}
