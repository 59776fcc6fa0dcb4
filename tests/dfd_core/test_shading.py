"""What of a drawing is shading goes before any component sees it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from drawings import face
from rendering import FACE, MOUTH_LOWER, OTHER, latents, render, same

from dfd_core.engine import Engine
from dfd_core.networks.shading import Shading
from dfd_core.pack import default_folder, load_pack, save_pack
from dfd_core.unshading import HELD, Unshading


@pytest.fixture
def telling(pack_folder: Path, tmp_path: Path) -> Engine:
    """The random pack with a random network that tells shading."""
    pack = load_pack(pack_folder)
    assert pack.shading is None
    torch.manual_seed(5)
    save_pack(tmp_path, pack.embedding, pack.synthesis, pack.banks, {}, shading=Shading().eval())
    return Engine(tmp_path, "cpu")


def test_ink_stays_or_goes_and_none_is_added(monkeypatch: pytest.MonkeyPatch) -> None:
    network, ink = Shading().eval(), torch.rand(1, 1, 256, 256)
    for share, kept in ((0.0, 0.0), (0.25, 0.0), (0.41, 0.25), (0.5, 0.5), (0.6, 0.75), (0.75, 1.0), (1.0, 1.0)):
        monkeypatch.setattr(network, "forward", lambda ink, share=share: torch.full_like(ink, share))
        torch.testing.assert_close(Unshading(network)(ink), ink * kept)


def test_answers_that_hardly_change_are_kept_and_others_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    network, ink = Shading().eval(), torch.ones(1, 1, 256, 256)
    unshading, answers = Unshading(network), [0.4, 0.4 + 0.9 * HELD, 0.4 + 1.1 * HELD, 0.4]
    monkeypatch.setattr(network, "forward", lambda ink: torch.full_like(ink, answers.pop(0)))
    found = [float(unshading(ink).mean()) for _ in range(4)]
    assert found == [0.25, 0.25, 0.75, 0.25]


def test_where_other_ink_is_the_answer_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    network, ink = Shading().eval(), torch.ones(1, 1, 256, 256)
    unshading, answers = Unshading(network), [0.4, 0.5]
    monkeypatch.setattr(network, "forward", lambda ink: torch.full_like(ink, answers.pop(0)))
    unshading(ink)
    ink = ink.clone()
    ink[..., :100] = 0.9
    found = unshading(ink)
    torch.testing.assert_close(found[..., :100], torch.full_like(found[..., :100], 0.45))
    torch.testing.assert_close(found[..., 100:], torch.full_like(found[..., 100:], 0.25))


def test_a_stroke_leaves_the_eyes_alone_in_the_pack_that_comes_along() -> None:
    engine = Engine(default_folder(), "cpu")
    render(engine, hatched(FACE)[0])
    before = latents(engine)
    render(engine, hatched(MOUTH_LOWER)[0])
    alike = same(latents(engine), before)
    assert (alike["left_eye"], alike["right_eye"], alike["mouth"]) == (True, True, False)


def test_a_pack_keeps_it(telling: Engine) -> None:
    torch.manual_seed(5)
    wanted, ink = Shading().eval(), torch.rand(2, 1, 256, 256)
    assert telling.pack.shading is not None
    torch.testing.assert_close(telling.pack.shading(ink), wanted(ink), atol=2e-3, rtol=0)


def test_components_see_the_lines_only(telling: Engine, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Latents and the lines that image synthesis sees are those of the drawing without its left half."""
    shading = telling.pack.shading
    assert shading is not None

    def right_half(ink: torch.Tensor) -> torch.Tensor:
        share = torch.ones_like(ink)
        share[..., :128] = 0
        return share

    monkeypatch.setattr(shading, "forward", right_half)
    both = FACE.copy()
    both[:, 120:136] = 255  # enlarged, a line that is cut reaches across
    page = both.copy()
    page[:, :128] = 255
    assert np.array_equal(render(telling, both), render(engine, page))
    assert all(same(latents(telling), latents(engine)).values())


def test_is_asked_once_for_a_drawing(telling: Engine) -> None:
    asked: list[int] = []
    assert telling.pack.shading is not None
    telling.pack.shading.register_forward_hook(lambda *_: asked.append(1))
    render(telling, FACE)
    telling.set_blend("mouth", 1.0)
    telling.render()
    render(telling, FACE)
    assert len(asked) == 1
    render(telling, OTHER)
    assert len(asked) == 2


def test_another_stroke_is_another_component_only(telling: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though it changes the network's answers everywhere, by little."""
    shading = telling.pack.shading
    assert shading is not None
    monkeypatch.setattr(shading, "forward", lambda ink: 0.9 - 2 * ink.mean() * torch.ones_like(ink))
    render(telling, FACE)
    before = latents(telling)
    render(telling, MOUTH_LOWER)
    assert [name for name, alike in same(latents(telling), before).items() if not alike] == ["mouth"]


@pytest.mark.parametrize(("blend", "kept"), [(0.0, 1.0), (0.05, 0.5), (0.1, 0.0), (0.2, 0.0)])
def test_my_lines_are_all_that_is_drawn(
    telling: Engine, monkeypatch: pytest.MonkeyPatch, blend: float, kept: float
) -> None:
    shading = telling.pack.shading
    assert shading is not None
    monkeypatch.setattr(shading, "forward", torch.zeros_like)
    telling.set_blend("mouth", blend)
    render(telling, FACE)
    telling.set_blend("mouth", 0.0)
    choices = telling.snapshot().choices
    render(telling, FACE)
    all_of_it = telling.snapshot().choices["mouth"].ink
    torch.testing.assert_close(choices["mouth"].ink, kept * all_of_it)
    assert choices["nose"].ink.max() == 0


def hatched(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A drawing (256, 256) of `drawings.face` with shade down one cheek, and where that is."""
    page, where = pixels.copy(), np.zeros(pixels.shape[:2], bool)
    for x in range(62, 90, 4):
        for t in np.linspace(0, 1, 80):
            y, at = round(130 + 45 * t), round(x + 14 * t)
            page[y, at : at + 2] = 0
            where[y, at : at + 2] = True
    return page, where


def test_the_pack_that_comes_along_takes_hatching_away_and_leaves_the_face() -> None:
    shading = load_pack(default_folder()).shading
    assert shading is not None
    plain = face(256)
    page, where = hatched(plain)
    with torch.inference_mode():
        found, alone = (Unshading(shading)(torch.from_numpy(1 - p / 255.0).float()[None, None])[0, 0].numpy()
                        for p in (page, plain))  # fmt: skip
    line = (plain < 128) & ~where
    assert found[where & (plain > 128)].mean() < 0.1
    assert found[line].mean() > 0.9
    assert alone[line].mean() > 0.97
