"""Laws of METHOD 13 on groups and multipliers, and of the quadrature."""

from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from domain.change.model import Intensities
from domain.change.rules import Basis, GroupState, PerceivedMagnitude
from domain.framework.configuration import PRODUCT
from domain.framework.magnitude import Magnitude
from domain.framework.responsibilities import Responsibility
from domain.recommendations.priority import p_top
from domain.recommendations.relevance import relevance
from domain.recommendations.rules import recommend
from domain.scoring.views import Evidence, Posterior
from domain.shared.ids import GroupId
from tests.support.examples import examples

LAW = examples(200)

share = st.floats(0, 1)
labels = st.sampled_from(Magnitude)
intensities = st.builds(Intensities, create_demand=share, implement=share, manage_transitions=share, monitor_evaluate=share)
perceptions = st.builds(PerceivedMagnitude, label=labels, basis=st.sampled_from(Basis), q=share)


@st.composite
def groups(draw, least=1, most=5):
    count = draw(st.integers(least, most))
    return tuple(
        GroupState(
            group_id=GroupId(UUID(int=i + 1)),
            name="",
            size=draw(st.integers(1, 60)),
            magnitude=draw(perceptions),
            phases=draw(intensities),
            must_change_practice=None,
            measured=None,
        )
        for i in range(count)
    )


@st.composite
def scores(draw):
    chosen = draw(st.lists(st.sampled_from(Responsibility), unique=True, max_size=21))
    return tuple(
        Posterior(
            responsibility=r,
            theta=draw(st.floats(1, 5)),
            sd=draw(st.floats(0.05, 0.4)),
            n=3,
            evidence=draw(st.sampled_from(Evidence)),
        )
        for r in chosen
    )


@LAW
@given(scores(), groups(least=2))
def test_changing_one_group_leaves_the_others_as_they_are(posteriors, states):
    whole = recommend(posteriors, states, PRODUCT)
    fewer = recommend(posteriors, states[1:], PRODUCT)
    changed = recommend(posteriors, (replace(states[0], size=states[0].size + 7), *states[1:]), PRODUCT)
    for i in range(1, len(states)):
        # which of them are for this group only depends on the overall list; nothing else does
        alone = replace(whole.groups[i], for_this_group=())
        assert replace(fewer.groups[i - 1], for_this_group=()) == alone
        assert replace(changed.groups[i], for_this_group=()) == alone


@LAW
@given(groups())
def test_every_multiplier_is_at_least_one(states):
    assert (relevance(states, tuple(Responsibility), PRODUCT).varied >= 1).all()


@LAW
@given(groups(most=1), intensities, share)
def test_more_intensity_and_more_second_order_never_lower_an_index(states, other, q):
    (group,) = states
    more = replace(
        group,
        magnitude=replace(group.magnitude, q=max(q, group.magnitude.q)),
        phases=Intensities(
            create_demand=max(group.phases.create_demand, other.create_demand),
            implement=max(group.phases.implement, other.implement),
            manage_transitions=max(group.phases.manage_transitions, other.manage_transitions),
            monitor_evaluate=max(group.phases.monitor_evaluate, other.monitor_evaluate),
        ),
    )
    less, most = (relevance((g,), tuple(Responsibility), PRODUCT).combined for g in (group, more))
    assert (most >= less).all()


@LAW
@given(scores(), groups())
def test_overall_index_is_the_size_weighted_mean_of_the_groups(posteriors, states):
    advice = recommend(posteriors, states, PRODUCT)
    total = sum(g.size for g in states)
    for ranked in advice.overall.ranked:
        of_groups = (next(r for r in g.ranked if r.responsibility is ranked.responsibility).index for g in advice.groups)
        mean = sum(g.size * b for g, b in zip(states, of_groups, strict=True)) / total
        assert ranked.index == pytest.approx(mean, abs=0.0002)


@LAW
@given(scores(), groups())
def test_lists_keep_their_promises(posteriors, states):
    advice = recommend(posteriors, states, PRODUCT)
    theta = {p.responsibility: p.theta for p in posteriors}
    assert {p.responsibility for p in posteriors if p.evidence is not Evidence.ENOUGH} == set(advice.gather)
    for part in (*advice.groups, advice.overall):
        indices = [r.index for r in part.ranked]
        assert indices == sorted(indices, reverse=True)
        assert len(part.strengthen) <= 3
        assert len(part.tie) <= 3
        assert all(theta[r] < 4 for r in part.strengthen)
        assert all(theta[r] >= 4 for r in part.use)
        assert sum(r.p_top for r in part.ranked) + part.p_none == pytest.approx(1, abs=0.0015)
        for r in part.ranked:
            ranks = r.working.sensitivity
            assert ranks.best_rank <= ranks.rank <= ranks.worst_rank


@LAW
@given(st.lists(st.tuples(st.floats(1, 5), st.floats(0.01, 0.6), st.floats(1, 3)), min_size=1, max_size=21))
def test_probabilities_of_the_first_place_sum_to_one(rows):
    theta, sd, m = (np.array(column) for column in zip(*rows, strict=True))
    p, p_none = p_top(theta, sd, m, 4.0)
    assert (p >= 0).all()
    assert p.sum() + p_none == pytest.approx(1, abs=1e-6)


@examples(25)
@given(st.lists(st.tuples(st.floats(2, 4.5), st.floats(0.1, 0.4), st.floats(1, 2.25)), min_size=2, max_size=8))
def test_quadrature_agrees_with_the_integral_as_the_rule_states_it(rows):
    theta, sd, m = (np.array(column) for column in zip(*rows, strict=True))
    p, _ = p_top(theta, sd, m, 4.0)
    nodes, weights = np.polynomial.legendre.leggauss(400)
    for r in range(len(rows)):
        low, high = theta[r] - 10 * sd[r], min(4.0, theta[r] + 10 * sd[r])
        if high <= low:
            continue
        t = (low + high) / 2 + (high - low) / 2 * nodes
        z = (t - theta[r]) / sd[r]
        y = np.exp(-z * z / 2) / np.sqrt(2 * np.pi) / sd[r]
        for k in range(len(rows)):
            if k != r:
                y = y * ndtr((theta[k] - 4 + m[r] / m[k] * (4 - t)) / sd[k])
        assert p[r] == pytest.approx((high - low) / 2 * weights @ y, abs=1e-6)


def test_nothing_ranked_is_no_priority():
    advice = recommend((), (), PRODUCT)
    assert (advice.overall.p_none, advice.overall.strengthen, advice.overall.tie) == (1, (), ())


def test_a_certain_shortfall_is_the_plain_distance():
    p, p_none = p_top(np.array([3.0, 4.5]), np.array([0.0, 0.0]), np.array([1.0, 1.0]), 4.0)
    assert (*p, p_none) == pytest.approx((1, 0, 0), abs=1e-9)
