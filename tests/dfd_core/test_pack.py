"""Weight packs: verified before use, and every fault is named with its cure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from drawings import SEED, linked_copy, overwrite
from safetensors.torch import load_file, save

from dfd_core.embedding import Embedding
from dfd_core.errors import PackError
from dfd_core.geometry import NETWORKS
from dfd_core.networks.autoencoder import LATENT
from dfd_core.networks.coarse import CODE
from dfd_core.pack import CURE, FILES, FORMAT, default_folder, load_pack, read_manifest, save_pack


@pytest.fixture
def copy(pack_folder: Path, tmp_path: Path) -> Path:
    """A copy of the pack that may be damaged."""
    return linked_copy(pack_folder, tmp_path / "copy")


def change_manifest(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    """Apply `change` to the manifest on disk."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))


def sign(folder: Path, name: str) -> None:
    """Make the manifest agree with the file, so that only its content is at fault."""
    data = (folder / name).read_bytes()
    entry = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    change_manifest(folder, lambda manifest: manifest["files"].update({name: entry}))


def change_tensors(folder: Path, name: str, change: Callable[[dict[str, torch.Tensor]], Any]) -> None:
    """Apply `change` to the tensors of a file and sign it."""
    tensors = load_file(folder / name)
    change(tensors)
    overwrite(folder / name, save(tensors))
    sign(folder, name)


def fault(folder: Path) -> str:
    """The message with which the pack is refused: one line that names the cure."""
    with pytest.raises(PackError) as caught:
        load_pack(folder)
    message = str(caught.value)
    assert "\n" not in message
    assert str(folder) in message
    return message


def test_a_pack_is_not_harmed_by_weights_that_cannot_be_saved(copy: Path) -> None:
    pack = load_pack(copy)
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    torch.nn.init.constant_(next(pack.synthesis.parameters()), float("nan"))
    with pytest.raises(PackError, match="not finite"):
        save_pack(copy, pack.embedding, pack.synthesis, pack.banks, {})
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before


class TestRoundTrip:
    def test_keeps_matrices_in_half_and_vectors_in_full_precision(self, pack_folder: Path) -> None:
        pack = load_pack(pack_folder)
        for module, name in ((pack.embedding, FILES[0]), (pack.synthesis, FILES[1])):
            stored = load_file(pack_folder / name)
            state = module.state_dict()
            assert set(state) == set(stored)
            for key, value in stored.items():
                usual = torch.float16 if value.ndim > 1 else torch.float32
                assert value.dtype == (usual if value.is_floating_point() else torch.int32)
                assert torch.equal(state[key], value.to(state[key].dtype)), key

    def test_values_are_those_that_were_saved(self, pack_folder: Path) -> None:
        loaded = load_pack(pack_folder).embedding.state_dict()
        torch.manual_seed(SEED)
        for key, value in Embedding().state_dict().items():
            torch.testing.assert_close(loaded[key], value, rtol=1e-3, atol=1e-6)

    def test_a_value_beyond_half_precision_survives_in_a_vector(self, tmp_path: Path, pack_folder: Path) -> None:
        pack = load_pack(pack_folder)
        pack.embedding.encoders["eye"].standard.running_mean[3] = 3.5e6
        save_pack(tmp_path, pack.embedding, pack.synthesis, pack.banks, {})
        assert load_pack(tmp_path).embedding.encoders["eye"].standard.running_mean[3] == 3.5e6

    def test_weights_that_are_not_finite_are_refused(self, tmp_path: Path, pack_folder: Path) -> None:
        pack = load_pack(pack_folder)
        pack.synthesis.generator.out.bias.data[0] = torch.nan
        with pytest.raises(PackError, match=r"generator\.out\.bias is not finite: the training went wrong"):
            save_pack(tmp_path, pack.embedding, pack.synthesis, pack.banks, {})

    def test_networks_are_ready_to_render(self, pack_folder: Path) -> None:
        pack = load_pack(pack_folder)
        for module in (pack.embedding, pack.synthesis):
            assert not module.training
            assert not any(parameter.requires_grad for parameter in module.parameters())
            assert {parameter.dtype for parameter in module.parameters()} == {torch.float32}

    def test_banks_keep_their_people(self, pack_folder: Path) -> None:
        pack = load_pack(pack_folder)
        assert set(pack.banks) == set(NETWORKS)
        for name, bank in pack.banks.items():
            assert bank.bank.shape == (30, LATENT[name])
            assert bank.person is not None
            assert bank.person.tolist() == list(range(30))

    def test_looks_are_kept_and_may_be_missing(self, tmp_path: Path, pack_folder: Path) -> None:
        pack, looks = load_pack(pack_folder), torch.randn(9, CODE)
        assert pack.looks is None
        save_pack(tmp_path, pack.embedding, pack.synthesis, pack.banks, {}, looks=looks)
        kept = load_pack(tmp_path).looks
        assert kept is not None
        torch.testing.assert_close(kept, looks, rtol=1e-3, atol=1e-3)

    def test_looks_of_another_length_are_refused(self, tmp_path: Path, pack_folder: Path) -> None:
        pack = load_pack(pack_folder)
        save_pack(tmp_path, pack.embedding, pack.synthesis, pack.banks, {}, looks=torch.randn(9, CODE + 1))
        assert "banks.safetensors does not fit this version (the looks have shape" in fault(tmp_path)

    def test_details_stand_in_the_manifest(self, pack_folder: Path) -> None:
        manifest = read_manifest(pack_folder)
        assert manifest["name"] == "random"
        assert manifest["metrics"] == {"val_l1_clean_raw": 12.5}
        assert manifest["network"] == {"width": 12, "finer": 0}

    def test_others_may_read_the_files(self, pack_folder: Path) -> None:
        assert [path.name for path in pack_folder.iterdir() if not path.stat().st_mode & 0o044] == []


class TestFilesAtFault:
    def test_no_pack_at_all(self, tmp_path: Path) -> None:
        message = fault(tmp_path / "nowhere")
        assert "manifest.json is missing" in message
        assert CURE in message

    def test_folder_without_manifest(self, copy: Path) -> None:
        (copy / "manifest.json").unlink()
        assert "manifest.json is missing" in fault(copy)

    @pytest.mark.parametrize("name", FILES)
    def test_missing_file(self, copy: Path, name: str) -> None:
        (copy / name).unlink()
        assert fault(copy) == f"{copy / name} is missing: {CURE}."

    @pytest.mark.parametrize("name", FILES)
    def test_truncated_file(self, copy: Path, name: str) -> None:
        data = (copy / name).read_bytes()
        overwrite(copy / name, data[: len(data) // 2])
        assert fault(copy) == f"{copy / name} is incomplete ({len(data) // 2} of {len(data)} bytes): {CURE}."

    @pytest.mark.parametrize("name", FILES)
    def test_one_byte_altered(self, copy: Path, name: str) -> None:
        data = bytearray((copy / name).read_bytes())
        data[-100] ^= 1
        overwrite(copy / name, data)
        assert fault(copy) == f"{copy / name} was altered (its sha256 is not the manifest's): {CURE}."

    def test_not_safetensors(self, copy: Path) -> None:
        overwrite(copy / FILES[2], b"\xff" * 5000)
        sign(copy, FILES[2])
        message = fault(copy)
        assert f"{copy / FILES[2]} does not fit this version" in message
        assert CURE in message


class TestManifestAtFault:
    @pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '"format"', "\ufffd"])
    def test_damaged(self, copy: Path, text: str) -> None:
        (copy / "manifest.json").write_text(text, encoding="utf-8")
        assert fault(copy) == f"{copy / 'manifest.json'} is damaged: {CURE}."

    def test_not_text(self, copy: Path) -> None:
        (copy / "manifest.json").write_bytes(b"\xff\xfe\x00{}")
        assert "manifest.json is damaged" in fault(copy)

    def test_newer_format_asks_for_a_newer_plugin(self, copy: Path) -> None:
        change_manifest(copy, lambda manifest: manifest.update(format=FORMAT + 1))
        message = fault(copy)
        assert f"format {FORMAT + 1}, this version reads format {FORMAT}" in message
        assert "update the plugin" in message

    @pytest.mark.parametrize("value", [0, "1", None, 1.5])
    def test_unknown_format(self, copy: Path, value: object) -> None:
        change_manifest(copy, lambda manifest: manifest.update(format=value))
        message = fault(copy)
        assert f"format {value}" in message
        assert CURE in message

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(lambda geometry: geometry.update(canvas=256), id="canvas"),
            pytest.param(lambda geometry: geometry["components"][3].update(y=280), id="window"),
            pytest.param(lambda geometry: geometry["latents"].update(eye=64), id="latent"),
            pytest.param(lambda geometry: geometry.update(neighbours=12), id="neighbours"),
            pytest.param(lambda geometry: geometry.clear(), id="none"),
        ],
    )
    def test_other_geometry(self, copy: Path, change: Callable[[dict[str, Any]], Any]) -> None:
        change_manifest(copy, lambda manifest: change(manifest["geometry"]))
        message = fault(copy)
        assert "other component windows or latents" in message
        assert CURE in message

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(lambda manifest: manifest.pop("files"), id="no files"),
            pytest.param(lambda manifest: manifest.update(files=[]), id="a list"),
            pytest.param(lambda manifest: manifest["files"].pop(FILES[1]), id="no entry"),
            pytest.param(lambda manifest: manifest["files"].update({FILES[1]: "x"}), id="no size"),
            pytest.param(lambda manifest: manifest["files"][FILES[1]].pop("sha256"), id="no sha256"),
        ],
    )
    def test_does_not_list_a_file(self, copy: Path, change: Callable[[dict[str, Any]], Any]) -> None:
        change_manifest(copy, change)
        message = fault(copy)
        assert f"{copy / 'manifest.json'} does not list " in message
        assert CURE in message

    @pytest.mark.parametrize("network", [None, {}, {"width": "wide"}, []])
    def test_does_not_state_the_width(self, copy: Path, network: object) -> None:
        change_manifest(copy, lambda manifest: manifest.update(network=network))
        assert "does not state the width" in fault(copy)

    def test_other_width_than_the_file(self, copy: Path) -> None:
        change_manifest(copy, lambda manifest: manifest.update(network={"width": 24}))
        assert f"{copy / FILES[1]} does not fit this version" in fault(copy)


class TestTensorsAtFault:
    @pytest.mark.parametrize(
        ("name", "change"),
        [
            pytest.param(FILES[0], lambda t: t.pop("encoders.eye.project.bias"), id="encoder without a bias"),
            pytest.param(FILES[0], lambda t: t.update(extra=torch.zeros(1)), id="one too many"),
            pytest.param(FILES[1], lambda t: t.update({"coarse.mean": torch.zeros(3)}), id="wrong shape"),
            pytest.param(FILES[2], lambda t: t.pop("nose"), id="no bank of noses"),
            pytest.param(FILES[2], lambda t: t.pop("nose.person"), id="no people"),
            pytest.param(FILES[2], lambda t: t.update(nose=torch.zeros(30, 97)), id="latents too long"),
            pytest.param(FILES[2], lambda t: t.update(nose=torch.zeros(30)), id="bank of one dimension"),
            pytest.param(FILES[2], lambda t: t.update(nose=torch.zeros(31, 96)), id="more rows than people"),
            pytest.param(
                FILES[2],
                lambda t: t.update({"nose": torch.zeros(9, 96), "nose.person": torch.arange(9)}),
                id="fewer rows than neighbours",
            ),
        ],
    )
    def test_do_not_fit(self, copy: Path, name: str, change: Callable[[dict[str, torch.Tensor]], Any]) -> None:
        change_tensors(copy, name, change)
        message = fault(copy)
        assert f"{copy / name} does not fit this version" in message
        assert CURE in message


class TestDefaultFolder:
    def test_lies_beside_the_package(self) -> None:
        import dfd_core

        assert default_folder() == Path(dfd_core.__file__).parents[1] / "weights" / "default"


class TestMoving:
    def test_changes_the_precision_of_synthesis_alone(self, pack_folder: Path) -> None:
        pack = load_pack(pack_folder)
        pack.to(torch.device("cpu"), torch.bfloat16)
        assert {p.dtype for p in pack.synthesis.generator.parameters()} == {torch.bfloat16}
        assert {p.dtype for p in pack.enlarge.parameters()} == {torch.bfloat16}
        assert {p.dtype for p in pack.embedding.parameters()} == {torch.float32}
        assert all(bank.bank.dtype == torch.float32 for bank in pack.banks.values())
