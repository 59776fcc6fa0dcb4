"""What the discriminators and the perceptual loss look at."""

from __future__ import annotations

import numpy as np
import torch

from dfd_core.training.config import TrainConfig
from dfd_core.training.discriminator import Judge
from dfd_core.training.efficient import TAPS, Efficient, find_weights
from dfd_core.training.losses import VIEWS, PictureLosses

CPU = torch.device("cpu")


def losses(**weights: float) -> PictureLosses:
    """Without any pretrained network, unless `weights` want one."""
    off = {"structure": 0.0, "perceptual": 0.0, "adversarial": 0.0, "adversarial_face": 0.0}
    return PictureLosses(TrainConfig(**{**off, **weights}), CPU, np.random.default_rng(0))


def pictures() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Portraits, photos, lines and full trust of two."""
    return (
        torch.rand(2, 3, 256, 256),
        torch.rand(2, 3, 256, 256),
        torch.rand(2, 1, 256, 256),
        torch.ones(2, 1, 256, 256),
    )


class TestViews:
    def test_crops_are_of_the_same_place(self) -> None:
        picture, looking = torch.rand(2, 3, 256, 256), losses()
        for turn in range(2 * len(VIEWS)):
            made, real = looking.crops(picture, picture + 1, turn)
            assert made.shape == (2, 3, 96, 96)
            torch.testing.assert_close(made + 1, real)

    def test_by_turns_they_see_eyes_hair_and_mouth(self) -> None:
        """Rows of the picture that a view is sure to hold, whatever the chance."""
        rows = torch.arange(256.0)[None, None, :, None].expand(1, 3, 256, 256)
        looking = losses()
        for turn, middle in ((1, 120), (2, 60), (4, 185)):
            for _ in range(20):
                seen = looking.crops(rows, rows, turn)[0]
                assert seen.min() <= middle <= seen.max()


class TestEfficient:
    def test_features_and_gradients(self) -> None:
        net = Efficient(find_weights())
        picture = torch.rand(2, 3, 128, 128).requires_grad_()
        features = net.features(picture)
        assert [tuple(x.shape) for x in features] == [
            (2, channels, side, side) for channels, side in zip(TAPS.values(), (32, 16, 8, 4), strict=True)
        ]
        features[-1].sum().backward()
        assert picture.grad is not None
        assert picture.grad.abs().sum() > 0
        assert not any(p.requires_grad for p in net.parameters())

    def test_training_mode_leaves_its_statistics_alone(self) -> None:
        net = Efficient(find_weights()).train()
        before = net.norm.running_mean.clone()
        net.features(torch.rand(2, 3, 64, 64))
        assert torch.equal(net.norm.running_mean, before)


class TestTerms:
    def test_nothing_without_weights(self) -> None:
        total, parts = losses().terms(*pictures(), 9999, True)
        assert (float(total), parts) == (0, {})

    def test_structure_counts_for_portraits_of_the_photos_people(self) -> None:
        made, real, *lines = pictures()
        total, parts = losses(structure=0.3).terms(made, real, *lines, 0, True)
        torch.testing.assert_close(total, 0.3 * parts["structure"])
        assert float(parts["structure"]) > 0
        assert losses(structure=0.3).terms(made, real, *lines, 0, False)[1] == {}

    def test_the_perceptual_distance_counts_portraits_by_their_weight(self) -> None:
        """With a share of one in two, the other one can be anything."""
        made, real, *lines = pictures()
        looking, weight = losses(perceptual=1.0), torch.tensor([1.0, 0.0])
        other = made.clone()
        other[1] = 0
        found = []
        for portraits in (made, other):
            looking.rng = np.random.default_rng(0)
            found.append(looking.terms(portraits, real, *lines, 0, True, weight)[1]["vgg"])
        torch.testing.assert_close(found[0], found[1])
        looking.rng = np.random.default_rng(0)
        assert looking.terms(made, real, *lines, 0, True)[1]["vgg"] > 1.5 * found[0]

    def test_discriminators_come_in_over_the_ramp(self) -> None:
        looking = losses(adversarial_face=1.0, adversarial_from=0, adversarial_ramp=2)
        made, real, *lines = pictures()
        for judge in looking.judges.values():
            judge.net.spread.fill_(1)
        for share in (0.0, 0.5, 1.0, 1.0):
            total, parts = looking.terms(made, real, *lines, 0, True)
            torch.testing.assert_close(total, share * parts["whole fool"])

    def test_the_whole_is_seen_at_full_and_at_half_size(self) -> None:
        looking = losses(adversarial_face=0.2, adversarial_half=0.1, adversarial_from=0, adversarial_ramp=1)
        made, real, *lines = pictures()
        seen = looking.views(made, real, 0)
        assert list(seen) == ["whole", "half"]
        for large, small in zip(seen["whole"][0], seen["half"][0], strict=True):
            assert large.shape[2] == 2 * small.shape[2]
        for judge in looking.judges.values():
            judge.net.spread.fill_(1)
        looking.terms(made, real, *lines, 0, True)
        total, parts = looking.terms(made, real, *lines, 0, True)
        torch.testing.assert_close(total, 0.2 * parts["whole fool"] + 0.1 * parts["half fool"])

    def test_not_before_their_step(self) -> None:
        looking = losses(adversarial_face=1.0, adversarial_from=10)
        assert looking.terms(*pictures(), 9, True)[1] == {}


def test_a_judge_gives_no_gradients_to_itself_when_it_is_fooled() -> None:
    judge = Judge([3], 1e-3, CPU)
    judge.net.spread.fill_(1)
    picture = torch.rand(2, 3, 16, 16).requires_grad_()
    judge.fooled([picture]).backward()
    assert picture.grad is not None
    assert all(p.grad is None and p.requires_grad for p in judge.net.parameters())
