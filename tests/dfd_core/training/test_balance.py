"""Groups of which there are few portraits are seen more often."""

from __future__ import annotations

import pytest

from dfd_core.training.balance import group, sampling_weights

DARK, LIGHT = {"tone": -50.0, "hair": 0.1}, {"tone": 50.0, "hair": 0.1}


def test_four_times_as_many_are_seen_twice_as_often() -> None:
    weights = sampling_weights([DARK, *[LIGHT] * 4])
    assert weights.sum() == pytest.approx(1)
    assert weights[1:].sum() == pytest.approx(2 * weights[0])


def test_without_a_word_of_people_all_are_alike() -> None:
    assert sampling_weights([{"id": "a"}, {"id": "b", "tone": None}]).tolist() == [0.5, 0.5]


def test_hair_makes_a_group_too() -> None:
    assert group(DARK) != group({**DARK, "hair": 0.5})
    assert group(DARK) == group({**DARK, "hair": 0.11})


@pytest.mark.parametrize("trait", ["curly", "made_up"])
def test_curls_and_make_up_make_groups(trait: str) -> None:
    assert group({**DARK, trait: True}) != group({**DARK, trait: False}) == group(DARK)


def test_every_kind_of_facial_hair_makes_a_group() -> None:
    kinds = ("beard", "stubble", "moustache", "none")
    assert len({group({**DARK, "facial_hair": kind}) for kind in kinds}) == len(kinds)
    assert group({**DARK, "facial_hair": "none"}) == group({**DARK, "facial_hair": None}) == group(DARK)


def test_smooth_faces_are_seen_more_often_than_their_group_is_large_and_deeply_creased_ones_less() -> None:
    portraits = [{**DARK, "creases": creases} for creases in (0.0, 0.03, 0.1)]
    smooth, creased, deeply = sampling_weights(portraits)
    assert smooth == pytest.approx(2 * creased)
    assert deeply == pytest.approx(0.4 * creased)
    assert sampling_weights([DARK, portraits[1]]).tolist() == [0.5, 0.5]


def test_short_or_pinned_up_hair_with_made_up_eyes_is_seen_more_often() -> None:
    short, long = ({**LIGHT, "hair": hair, "made_up": True} for hair in (0.1, 0.3))
    weights = sampling_weights([LIGHT, short, long])
    assert weights[1] == pytest.approx(1.6 * weights[2]) == pytest.approx(1.6 * weights[0])


def test_old_women_and_moustaches_are_seen_more_often() -> None:
    old = [{**DARK, "creases": 0.1, "hair": 0.3, "made_up": made_up} for made_up in (True, False)]
    woman, man = sampling_weights(old)
    assert woman == pytest.approx(2.5 * man)
    beard, moustache = sampling_weights([{**DARK, "facial_hair": kind} for kind in ("beard", "moustache")])
    assert moustache == pytest.approx(2 * beard)


def test_turned_faces_are_seen_twice_as_often() -> None:
    unknown, ahead, turned = sampling_weights([LIGHT, {**LIGHT, "yaw": 0.1}, {**LIGHT, "yaw": 0.3}])
    assert turned == pytest.approx(2 * ahead) == pytest.approx(2 * unknown)
