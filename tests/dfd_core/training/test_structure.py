"""Structure of a picture under the lines of a drawing."""

from __future__ import annotations

import pytest
import torch

from dfd_core.training.structure import OCTAVES, structure, structure_distance


@pytest.fixture
def photo() -> torch.Tensor:
    """Two pictures with a dark bar each, in other places."""
    pictures = torch.full((2, 3, 64, 64), 0.5)
    pictures[0, :, 20:23] = -0.5
    pictures[1, :, :, 40:43] = -0.5
    return pictures


@pytest.fixture
def lines(photo: torch.Tensor) -> torch.Tensor:
    """The drawings of the two."""
    return (photo[:, :1] < 0).float()


@pytest.fixture
def trust(lines: torch.Tensor) -> torch.Tensor:
    """Full trust."""
    return torch.ones_like(lines)


def test_answers_dark_lines_with_less_than_nothing_and_even_tones_with_nothing(photo: torch.Tensor) -> None:
    for octave, response in zip(OCTAVES, structure(photo), strict=True):
        assert response.shape == (2, 1, 64 // octave, 64 // octave)
        assert response[0, 0, 21 // octave, 5] < -0.05
        assert response[0, 0, 50 // octave, 5].abs() < 1e-6


def test_nothing_for_the_photo_and_one_for_an_even_picture(
    photo: torch.Tensor, lines: torch.Tensor, trust: torch.Tensor
) -> None:
    assert structure_distance(photo, photo, lines, trust) == 0
    assert structure_distance(torch.zeros_like(photo), photo, lines, trust).item() == pytest.approx(1, abs=1e-4)


def test_does_not_ask_for_the_tone(photo: torch.Tensor, lines: torch.Tensor, trust: torch.Tensor) -> None:
    assert structure_distance(photo - 0.3, photo, lines, trust) < 1e-5


def test_looks_only_where_something_is_drawn(photo: torch.Tensor, lines: torch.Tensor, trust: torch.Tensor) -> None:
    made = photo.clone()
    made[0, :, 50:53] = -0.5
    assert structure_distance(made, photo, lines, trust) < 1e-5
    lines[0, :, 50:53] = 1
    assert structure_distance(made, photo, lines, trust) > 0.1


def test_a_line_beside_the_drawn_one_is_worse_than_a_pale_one(
    photo: torch.Tensor, lines: torch.Tensor, trust: torch.Tensor
) -> None:
    pale = 0.5 + 0.5 * (photo - 0.5)
    assert (
        0.4 < structure_distance(pale, photo, lines, trust) < structure_distance(photo.roll(2, 2), photo, lines, trust)
    )


def test_has_a_gradient_where_the_line_lacks_and_is_nothing_without_lines(
    photo: torch.Tensor, lines: torch.Tensor, trust: torch.Tensor
) -> None:
    made = torch.full_like(photo, 0.5, requires_grad=True)
    structure_distance(made, photo, lines, trust).backward()
    assert made.grad is not None
    assert made.grad[0, 0, 21, 20] > 0  # darker is better
    assert structure_distance(made, photo, torch.zeros_like(lines), trust) == 0


def test_counts_as_much_as_the_lines_are_trusted(photo: torch.Tensor, lines: torch.Tensor, trust: torch.Tensor) -> None:
    made = torch.zeros_like(photo)
    assert structure_distance(made, photo, lines, 0.2 * trust).item() == pytest.approx(0.2, abs=1e-4)


def test_a_drawing_alone_among_untraced_ones_counts_for_itself_only(
    photo: torch.Tensor, lines: torch.Tensor, trust: torch.Tensor
) -> None:
    lines[1] = 0
    assert structure_distance(torch.zeros_like(photo), photo, lines, trust).item() == pytest.approx(0.5, abs=1e-4)
