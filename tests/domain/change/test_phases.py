from uuid import UUID

import pytest

from domain.change.model import Intensities
from domain.change.rules import Basis, GroupState, PerceivedMagnitude, intensity, is_offered
from domain.framework.magnitude import Magnitude
from domain.framework.phases import Phase
from domain.shared.ids import GroupId


@pytest.mark.parametrize("label", [Magnitude.SECOND_ORDER, Magnitude.MIXED, Magnitude.UNKNOWN])
def test_transitions_are_offered_unless_the_change_is_experienced_as_first_order(label):
    assert is_offered(Phase.MANAGE_TRANSITIONS, label)
    assert not is_offered(Phase.MANAGE_TRANSITIONS, Magnitude.FIRST_ORDER)


def test_other_phases_are_always_offered():
    assert all(is_offered(p, Magnitude.FIRST_ORDER) for p in Phase if p is not Phase.MANAGE_TRANSITIONS)


def test_a_phase_that_is_not_offered_counts_nothing():
    state = GroupState(
        group_id=GroupId(UUID(int=1)),
        name="office",
        size=8,
        magnitude=PerceivedMagnitude(label=Magnitude.FIRST_ORDER, basis=Basis.ESTIMATED, q=0.0),
        phases=Intensities(create_demand=0.1, implement=1.0, manage_transitions=0.5, monitor_evaluate=0.2),
        must_change_practice=None,
        measured=None,
    )
    assert [intensity(state, p) for p in Phase] == [0.1, 1.0, 0.0, 0.2]
