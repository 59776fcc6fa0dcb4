"""Figures that everybody can compute again, against plain loops and SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.spatial.distance import cdist

from dfd_core.evaluation.statistics import distances, found_first, kid, kid_of_halves, mean_interval


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


class TestKid:
    def test_is_the_unbiased_estimate(self, rng: np.random.Generator) -> None:
        made, real = rng.normal(0.5, 1, (5, 8)), rng.normal(0, 1, (6, 8))

        def mean(a: np.ndarray, b: np.ndarray, same: bool) -> float:
            pairs = [(x @ y / 8 + 1) ** 3 for i, x in enumerate(a) for j, y in enumerate(b) if not (same and i == j)]
            return float(np.mean(pairs))

        expected = mean(made, made, True) + mean(real, real, True) - 2 * mean(made, real, False)
        assert kid(made, real).value == pytest.approx(1e3 * expected)

    def test_of_one_distribution_is_about_nothing(self, rng: np.random.Generator) -> None:
        estimate = kid(rng.normal(0, 1, (120, 16)), rng.normal(0, 1, (150, 16)))
        assert estimate.low < 0 < estimate.high

    def test_of_two_distributions_is_clearly_more(self, rng: np.random.Generator) -> None:
        near = kid(rng.normal(0.2, 1, (120, 16)), rng.normal(0, 1, (120, 16)))
        far = kid(rng.normal(0.8, 1, (120, 16)), rng.normal(0, 1, (120, 16)))
        assert far.low > near.high
        assert far.low < far.value < far.high

    def test_interval_has_the_spread_of_fresh_samples(self, rng: np.random.Generator) -> None:
        def sample() -> tuple[np.ndarray, np.ndarray]:
            return rng.normal(0.5, 1, (100, 8)), rng.normal(0, 1, (100, 8))

        fresh = [kid(*sample(), draws=2).value for _ in range(150)]
        estimates = [kid(*sample()) for _ in range(10)]
        widths = [estimate.high - estimate.low for estimate in estimates]
        assert np.mean(widths) == pytest.approx(4 * np.std(fresh), rel=0.35)

    def test_of_halves_lies_around_nothing(self, rng: np.random.Generator) -> None:
        estimate = kid_of_halves(rng.normal(0, 1, (100, 16)))
        assert estimate.low < 0 < estimate.high
        assert abs(estimate.value) < (estimate.high - estimate.low) / 4


class TestMean:
    def test_interval_is_the_bootstrap_of_scipy(self, rng: np.random.Generator) -> None:
        values = rng.gamma(2, 1, 80)
        estimate = mean_interval(values)
        theirs = stats.bootstrap((values,), np.mean, method="percentile", rng=np.random.default_rng(1))
        assert estimate.value == pytest.approx(values.mean())
        assert (estimate.low, estimate.high) == pytest.approx(tuple(theirs.confidence_interval), abs=0.05)

    def test_leaves_out_what_is_not_known(self) -> None:
        assert mean_interval(np.array([1.0, np.nan, 3.0])).value == 2
        assert np.isnan(mean_interval(np.array([np.nan])).value)


class TestIdentification:
    def test_distances_are_euclidean(self, rng: np.random.Generator) -> None:
        a, b = rng.normal(0, 1, (4, 128)), rng.normal(0, 1, (7, 128))
        assert distances(a, b) == pytest.approx(cdist(a, b))

    def test_any_photo_of_the_person_counts(self) -> None:
        gallery = np.array([[0.0, 0], [1, 0], [5, 5]])
        people = np.array(["anna", "anna", "bert"])
        made = np.array([[0.9, 0], [4, 4], [0, 0.1]])
        assert found_first(made, gallery, np.array(["anna", "anna", "bert"]), people).tolist() == [1, 0, 0]
