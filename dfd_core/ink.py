"""Which tone of a drawing is paper and which is ink, and how much of it there is.

Most drawings are dark lines on light paper. What else there is must stand out clearly, or dark is ink.
"""

from __future__ import annotations

import numpy as np

from dfd_core.errors import DrawingError, EmptyDrawing
from dfd_core.masks import bounds, opened, reach_of, wide
from dfd_core.paper import evened, without_table

FAINTEST = 0.06
"""Ink below this (of full scale) is paper grain."""

FAINTEST_ON_NOTHING = 0.02
"""The same on a transparent layer, which has no grain, if all of it is faint: five steps of 8 bits."""

TRACE = 0.01
"""Tones that differ by less are the same."""

LEAST_INK = 40
"""Fewest inked pixels, at working size, that can be a drawing."""

CLEARLY = 4
"""Light lines are the drawing when there are so many times as many of them as of dark ones beside them."""

EMPTY = "The layer is empty: draw a face on it first."


def find_ink(grey: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Ink (h, w) float32 in 0..1 of premultiplied `grey` and `alpha` (h, w) in 0..1; raises `DrawingError` without any.

    Dark lines on light paper and light lines on dark paper both work, also where that is a shape on a transparent
    layer; so do lines of one flat colour, even white, and chalks of several light colours on such a layer.
    """
    if float(alpha.max()) < TRACE:
        raise EmptyDrawing(EMPTY)
    page = grey + 1 - alpha
    ink, faintest = _drawn(page, grey, alpha)
    inked = ink > faintest
    if np.count_nonzero(inked) < LEAST_INK:
        if max(_differing(page), _differing(alpha)) < LEAST_INK:
            raise EmptyDrawing(EMPTY)
        raise DrawingError("The lines are too faint to read: draw darker, or raise the layer's contrast.")
    full = float(np.percentile(ink[inked], 90))
    return np.clip((ink - faintest / 2) / (full - faintest / 2), 0, 1).astype(np.float32)


def _drawn(page: np.ndarray, grey: np.ndarray, alpha: np.ndarray) -> tuple[np.ndarray, float]:
    """What is drawn (h, w) in 0..1, not yet of even contrast, and from where on it counts.

    `page` is the drawing on white.
    """
    see_through = np.count_nonzero(alpha < 0.5) > alpha.size / 2
    if see_through:
        most = float(alpha.max())
        if most <= 2 * FAINTEST and np.count_nonzero(alpha < most / 4) > alpha.size / 2:
            return alpha, FAINTEST_ON_NOTHING
    if float(alpha.min()) < 0.5 and np.count_nonzero(grey > 0.15) >= LEAST_INK:  # what is transparent counts as black
        if see_through and _is_chalk(grey, alpha):
            return alpha, FAINTEST
        lines = _on_a_dark_shape(grey, alpha)
        if lines is not None:
            return lines, FAINTEST
    paper = float(np.median(page))
    if float(alpha.min()) > 0.5:
        if paper < 0.5:
            page, paper = without_table(page, paper)
        drawn = _on_paper(page, paper) if paper >= 0.5 else None
        if drawn is not None:
            return drawn
    dark, light = np.clip(paper - page, 0, None), np.clip(page - paper, 0, None)
    ink = light if paper < 0.5 and light.sum() > dark.sum() else dark
    if ink is dark and _is_toned(paper) and _stands_out(light, dark):
        ink = light
    if (ink > FAINTEST).sum() < LEAST_INK:  # light lines on toned paper, or lines of the paper's colour on nothing
        if see_through and float(np.ptp(alpha)) > FAINTEST and (alpha > 0.2).sum() >= LEAST_INK:
            ink = alpha
        elif (light > FAINTEST).sum() >= LEAST_INK:
            ink = light
    return ink, FAINTEST


def _on_paper(page: np.ndarray, paper: float) -> tuple[np.ndarray, float] | None:
    """Dark lines (h, w) on a light `page`, whatever shadow lies on it, and from where on they count; None without."""
    if _is_toned(paper) and _stands_out(np.clip(page - paper, 0, None), np.clip(paper - page, 0, None)):
        return None
    even, grain = evened(page, paper)
    dark, faintest = np.clip(paper - even, 0, None), max(FAINTEST, grain)
    return (dark, faintest) if np.count_nonzero(dark > faintest) >= LEAST_INK else None


def _is_toned(paper: float) -> bool:
    """Whether light lines can stand out on paper of this tone."""
    return 1 - paper > 2 * FAINTEST


def _differing(plane: np.ndarray) -> int:
    """How many pixels are not what most are."""
    return int(np.count_nonzero(np.abs(plane - np.median(plane)) > TRACE))


def _stands_out(light: np.ndarray, dark: np.ndarray) -> bool:
    """Whether what is `light` is twice as much and twice as strong as what is `dark`, which then is grain."""
    much = [float(tone[tone > FAINTEST].sum()) for tone in (light, dark)]
    if much[0] <= 2 * much[1]:
        return False
    strong = [float(np.percentile(tone, 99.95)) for tone in (light, dark)]
    return strong[0] > 2 * strong[1]


def _is_chalk(grey: np.ndarray, alpha: np.ndarray) -> bool:
    """Whether the lines on a transparent layer are light, white ones among them; pupils and the like may be dark."""
    drawn = alpha > 0.2
    white = np.count_nonzero(drawn & (alpha - grey < FAINTEST * alpha))
    if white < max(LEAST_INK, np.count_nonzero(drawn) / 4):
        return False
    dark = np.count_nonzero(alpha - grey > 0.5)
    return white > CLEARLY * dark and wide(drawn) < 0.2


def _on_a_dark_shape(grey: np.ndarray, alpha: np.ndarray) -> np.ndarray | None:
    """Light lines (h, w) in 0..1 on a dark shape that is smaller than the layer, or None when it is not that."""
    shape = alpha > 0.5
    if np.count_nonzero(shape) < LEAST_INK:
        return None
    paper = float(np.median(grey[shape] / alpha[shape]))
    if paper >= 0.5:
        return None
    light = np.clip(grey - paper * alpha, 0, None)
    lines = light > 0.25
    count = np.count_nonzero(lines)
    if count < max(LEAST_INK, 0.01 * np.count_nonzero(shape)):
        return None
    rows, columns = bounds(shape)
    shape, lines = shape[rows, columns], lines[rows, columns]
    if np.count_nonzero(lines) < LEAST_INK:
        return None
    reach = reach_of(shape)
    if wide(shape) < 0.5 or wide(lines, reach) > 0.2:
        return None
    beside = shape & ~lines & ~opened(shape, reach)  # dark lines: the shape is hair, and its lights are no drawing
    return light if count > CLEARLY * np.count_nonzero(beside) else None
