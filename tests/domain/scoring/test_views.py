"""What the views promise to those who derive other shapes from them."""

from dataclasses import FrozenInstanceError, dataclass, fields

import pytest

from domain.scoring.views import Interval, Score, SelfGap, SourceShare, Withheld
from domain.shared.fast_dataclass import fast_constructor, fast_init
from domain.shared.fields import description_of

VIEWS = (Score, SourceShare, SelfGap, Interval, Withheld)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_and_every_member_is_described(view):
    assert view.__doc__
    assert not view.__doc__.startswith(f"{view.__name__}(")
    assert all(description_of(view, f.name) for f in fields(view))


def test_a_gap_names_no_member_by_a_keyword():
    assert {f.name for f in fields(SelfGap)} == {
        "value",
        "interval",
        "classification",
        "flag",
        "reference",
    }


def test_a_made_view_equals_a_built_one_and_is_frozen():
    made = fast_constructor(Interval)(low=1.0, high=2.0, level=0.95)
    assert made == Interval(low=1.0, high=2.0, level=0.95)
    assert hash(made) == hash(Interval(low=1.0, high=2.0, level=0.95))
    with pytest.raises(FrozenInstanceError):
        made.low = 3.0


@pytest.mark.parametrize(
    "build",
    [
        fast_constructor(Interval),
        fast_init(dataclass(frozen=True, kw_only=True)(type("I", (), {"__annotations__": {"low": float}}))),
    ],
)
@pytest.mark.parametrize("members", [{}, {"low": 1.0, "other": 2.0}])
def test_a_member_too_few_or_too_many_is_a_mistake(build, members):
    with pytest.raises(TypeError):
        build(**members)


@pytest.mark.parametrize("build", [fast_constructor, fast_init])
def test_a_class_with_a_default_cannot_be_built_quickly(build):
    @dataclass(frozen=True, kw_only=True)
    class WithDefault:
        n: int = 0

    with pytest.raises(TypeError, match="WithDefault"):
        build(WithDefault)
