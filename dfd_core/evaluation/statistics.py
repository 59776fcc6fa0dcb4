"""Kernel distance, rank-1, and confidence intervals. Random draws are seeded: the same input, the same interval."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

DRAWS = 1000
SHARE = 0.95


class Estimate(NamedTuple):
    """A figure with its 95 % confidence interval."""

    value: float
    low: float
    high: float


def mean_interval(values: np.ndarray, draws: int = DRAWS) -> Estimate:
    """Mean of `values` (n,) without its NaNs, and the percentile bootstrap over them (Efron 1979); NaN if none."""
    known = values[np.isfinite(values)].astype(np.float64)
    if not len(known):
        return Estimate(*[float("nan")] * 3)
    rng = np.random.default_rng(0)
    means = known[rng.integers(0, len(known), (draws, len(known)))].mean(1)
    low, high = np.quantile(means, [(1 - SHARE) / 2, (1 + SHARE) / 2])
    return Estimate(float(known.mean()), float(low), float(high))


def kernel(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(a.b / D + 1)^3 for all pairs of `a` (n, D) and `b` (m, D): the kernel of KID (Binkowski et al. 2018)."""
    return (a.astype(np.float64) @ b.astype(np.float64).T / a.shape[1] + 1) ** 3


def _squared_mmd(within_a: np.ndarray, within_b: np.ndarray, across: np.ndarray) -> float:
    n, m = across.shape
    inner = (within_a.sum() - np.trace(within_a)) / (n * (n - 1)) + (within_b.sum() - np.trace(within_b)) / (
        m * (m - 1)
    )
    return float(inner - 2 * across.mean())


def kid(made: np.ndarray, real: np.ndarray, draws: int = 200) -> Estimate:
    """Kernel inception distance x 10^3 between features `made` (n, D) and `real` (m, D), n and m at least 4.

    The value is the unbiased estimate on all of them (Gretton et al. 2012, equation 3): about 0, or a little below, for
    two samples of one distribution. A bootstrap would repeat pictures and bias it, so the interval comes from random
    halves of both samples: the spread over halves is that of the whole (delete-half jackknife, Shao & Wu 1989).
    """
    parts = kernel(made, made), kernel(real, real), kernel(made, real)
    value = _squared_mmd(*parts)
    rng = np.random.default_rng(0)
    halves = []
    for _ in range(draws):
        rows, columns = (rng.permutation(n)[: n // 2] for n in parts[2].shape)
        halves.append(_squared_mmd(parts[0][np.ix_(rows, rows)], parts[1][np.ix_(columns, columns)],
                                   parts[2][np.ix_(rows, columns)]))  # fmt: skip
    low, high = np.quantile(np.array(halves) - np.mean(halves), [(1 - SHARE) / 2, (1 + SHARE) / 2])
    return Estimate(value * 1e3, (value + float(low)) * 1e3, (value + float(high)) * 1e3)


def kid_of_halves(real: np.ndarray, draws: int = 200) -> Estimate:
    """KID x 10^3 between two random halves of `real` (n, D): mean and 95 % range, the noise of the measure itself."""
    whole = kernel(real, real)
    rng = np.random.default_rng(0)
    values = []
    for _ in range(draws):
        order = rng.permutation(len(real))
        a, b = order[: len(real) // 2], order[len(real) // 2 :]
        values.append(_squared_mmd(whole[np.ix_(a, a)], whole[np.ix_(b, b)], whole[np.ix_(a, b)]) * 1e3)
    low, high = np.quantile(values, [(1 - SHARE) / 2, (1 + SHARE) / 2])
    return Estimate(float(np.mean(values)), float(low), float(high))


def distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Euclidean distances (n, m) between the rows of `a` (n, D) and `b` (m, D)."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    squares = (a**2).sum(1)[:, None] + (b**2).sum(1) - 2 * a @ b.T
    return np.sqrt(np.maximum(squares, 0))


def found_first(made: np.ndarray, gallery: np.ndarray, person: np.ndarray, people: np.ndarray) -> np.ndarray:
    """1.0 where the nearest of `gallery` (m, D) to a row of `made` (n, D) is the drawn person, else 0.0: (n,).

    `person` (n,) and `people` (m,) say who is who. The mean is the rank-1 identification rate.
    """
    return (people[distances(made, gallery).argmin(1)] == person).astype(np.float64)
