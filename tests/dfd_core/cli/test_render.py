"""`dfd render`: drawings in, portraits out."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from drawings import face, on_transparent
from PIL import Image

from dfd_core.appearance import Reference
from dfd_core.cli.files import read_drawing, write_picture
from dfd_core.cli.main import main
from dfd_core.cli.render import parse_attributes, parse_blend
from dfd_core.engine import Engine
from dfd_core.errors import DfdError
from dfd_core.geometry import NAMES


@pytest.fixture
def sketch(tmp_path: Path) -> Path:
    """A drawing file."""
    path = tmp_path / "sketch.png"
    Image.fromarray(face(256)).save(path)
    return path


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Another drawing file, in another format."""
    path = tmp_path / "other.jpg"
    Image.fromarray(face(300, mouth=12)).save(path)
    return path


class Render:
    """Runs `dfd render` with the random pack on the CPU."""

    def __init__(self, pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.pack, self.capsys = pack, capsys
        self.out = self.err = ""

    def __call__(self, *arguments: object) -> int:
        common = ["--device", "cpu"] + ([] if "--weights" in arguments else ["--weights", str(self.pack)])
        code = main(["render", *map(str, arguments), *common])
        self.out, self.err = self.capsys.readouterr()
        return code

    def refused(self, *arguments: object) -> str:
        """The one line with which the command is refused."""
        assert self(*arguments) == 2
        assert self.err.startswith("dfd: ")
        assert self.err.count("\n") == 1
        return self.err


@pytest.fixture
def render(pack_folder: Path, capsys: pytest.CaptureFixture[str]) -> Render:
    return Render(pack_folder, capsys)


def pixels(path: Path) -> np.ndarray:
    """A picture file as an array."""
    with Image.open(path) as picture:
        return np.array(picture)


class TestOneDrawing:
    def test_becomes_what_the_engine_makes_of_it(
        self, render: Render, sketch: Path, tmp_path: Path, pack_folder: Path
    ) -> None:
        target = tmp_path / "portrait.png"
        assert render(sketch, "-o", target) == 0
        assert f"{target}: " in render.out
        engine = Engine(pack_folder, "cpu")
        engine.set_sketch(face(256))
        assert np.array_equal(pixels(target), engine.render().image)

    def test_appearance_of_a_reference_and_linked_eyes(
        self, render: Render, sketch: Path, tmp_path: Path, pack_folder: Path
    ) -> None:
        picture, target = tmp_path / "reference.png", tmp_path / "portrait.png"
        colours = np.full((30, 40, 3), (200, 120, 60), np.uint8)
        Image.fromarray(colours).save(picture)
        assert render(sketch, "-o", target, "--reference", picture, "--strength", 0.5, "--link-eyes") == 0
        engine = Engine(pack_folder, "cpu")
        engine.reference, engine.reference_strength, engine.link_eyes = Reference(colours), 0.5, True
        engine.set_sketch(face(256))
        assert np.array_equal(pixels(target), engine.render().image)

    def test_colours(self, render: Render, sketch: Path, tmp_path: Path, pack_folder: Path) -> None:
        target = tmp_path / "portrait.png"
        assert render(sketch, "-o", target, "--skin", "#b07050", "--background", "FFFFFF") == 0
        engine = Engine(pack_folder, "cpu")
        engine.set_colour("skin", (0xB0, 0x70, 0x50))
        engine.set_colour("background", (255, 255, 255))
        engine.set_sketch(face(256))
        assert np.array_equal(pixels(target), engine.render().image)

    @pytest.mark.parametrize("text", ["red", "#12345", "#1234567", "#12345g", ""])
    def test_no_colour(self, render: Render, sketch: Path, tmp_path: Path, text: str) -> None:
        assert "such as #b07050" in render.refused(sketch, "-o", tmp_path / "a.png", "--hair", text)

    def test_unreadable_reference(self, render: Render, sketch: Path, tmp_path: Path) -> None:
        assert "does not exist" in render.refused(sketch, "-o", tmp_path / "a.png", "--reference", tmp_path / "no.png")
        assert "between 0 and 1" in render.refused(sketch, "-o", tmp_path / "a.png", "--strength", 2)

    def test_may_go_to_a_folder(self, render: Render, other: Path, tmp_path: Path) -> None:
        (tmp_path / "out").mkdir()
        assert render(other, "-o", tmp_path / "out") == 0
        assert pixels(tmp_path / "out" / "other.png").shape == (512, 512, 3)

    def test_may_become_a_jpeg(self, render: Render, sketch: Path, tmp_path: Path) -> None:
        assert render(sketch, "-o", tmp_path / "portrait.jpg", "--in-place") == 0
        assert pixels(tmp_path / "portrait.jpg").shape == (256, 256, 3)

    def test_a_jpeg_is_white_where_the_portrait_ends(self, tmp_path: Path) -> None:
        write_picture(tmp_path / "corner.jpg", np.zeros((64, 64, 4), np.uint8))
        assert pixels(tmp_path / "corner.jpg").min() > 250

    def test_in_place_has_the_place_and_size_of_the_face(self, render: Render, tmp_path: Path) -> None:
        Image.fromarray(on_transparent(face(200, canvas=(600, 900)), (0, 0, 0))).save(tmp_path / "small.png")
        assert render(tmp_path / "small.png", "-o", tmp_path / "portrait.png", "--in-place") == 0
        height, width, channels = pixels(tmp_path / "portrait.png").shape
        assert channels == 4
        assert height == width
        assert 180 < width < 220

    def test_frame_of_the_canvas(self, render: Render, tmp_path: Path) -> None:
        Image.fromarray(face(200, canvas=(600, 900))).save(tmp_path / "small.png")
        options = ("--in-place", "--frame", "canvas")
        assert render(tmp_path / "small.png", "-o", tmp_path / "portrait.png", *options) == 0
        assert pixels(tmp_path / "portrait.png").shape == (600, 600, 4)

    def test_seed_changes_the_appearance(self, render: Render, sketch: Path, tmp_path: Path) -> None:
        for name, seed in (("a", 0), ("b", 3), ("c", 3)):
            assert render(sketch, "-o", tmp_path / f"{name}.png", "--seed", seed) == 0
        average, first, again = (pixels(tmp_path / f"{name}.png") for name in "abc")
        assert not np.array_equal(average, first)
        assert np.array_equal(first, again)

    def test_blend_changes_the_portrait(self, render: Render, sketch: Path, tmp_path: Path) -> None:
        assert render(sketch, "-o", tmp_path / "lines.png", "--blend", "all=0", "--blend", "nose=1") == 0
        assert render(sketch, "-o", tmp_path / "lines_too.png", "--blend", "all=0") == 0
        assert not np.array_equal(pixels(tmp_path / "lines.png"), pixels(tmp_path / "lines_too.png"))


class TestSeveralDrawings:
    def test_go_to_a_folder_that_is_made(self, render: Render, sketch: Path, other: Path, tmp_path: Path) -> None:
        assert render(sketch, other, "-o", tmp_path / "deep" / "out") == 0
        assert sorted(path.name for path in (tmp_path / "deep" / "out").iterdir()) == ["other.png", "sketch.png"]

    def test_locked_component_of_the_first_stays(
        self, render: Render, sketch: Path, other: Path, tmp_path: Path
    ) -> None:
        locks = [part for name in NAMES for part in ("--lock", name)]
        assert render(sketch, other, "-o", tmp_path / "locked", *locks) == 0
        assert render(sketch, other, "-o", tmp_path / "free") == 0
        first = pixels(tmp_path / "free" / "sketch.png")
        assert np.array_equal(pixels(tmp_path / "locked" / "other.png"), first)
        assert not np.array_equal(pixels(tmp_path / "free" / "other.png"), first)

    def test_may_go_to_a_folder_with_a_dot_in_its_name(
        self, render: Render, sketch: Path, other: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "out.v1").mkdir()
        assert render(sketch, other, "-o", tmp_path / "out.v1") == 0
        assert (tmp_path / "out.v1" / "sketch.png").is_file()
        assert render(sketch, "-o", tmp_path / "out.v1") == 0

    def test_cannot_go_to_a_file(self, render: Render, sketch: Path, other: Path, tmp_path: Path) -> None:
        assert "must be a folder" in render.refused(sketch, other, "-o", tmp_path / "portrait.png")

    def test_of_one_name_are_refused(self, render: Render, sketch: Path, tmp_path: Path) -> None:
        (tmp_path / "b").mkdir()
        twin = Path(shutil.copy(sketch, tmp_path / "b"))
        assert "same name" in render.refused(sketch, twin, "-o", tmp_path / "out")

    def test_the_unusable_one_is_named(self, render: Render, sketch: Path, tmp_path: Path) -> None:
        Image.new("RGB", (100, 100), "white").save(tmp_path / "blank.png")
        message = render.refused(sketch, tmp_path / "blank.png", "-o", tmp_path / "out")
        assert f"{tmp_path / 'blank.png'}: The layer is empty" in message


class TestDrawingsAreSafe:
    def test_portrait_never_replaces_its_drawing(self, render: Render, sketch: Path, tmp_path: Path) -> None:
        before = sketch.read_bytes()
        assert "would replace the drawing" in render.refused(sketch, "-o", sketch)
        assert "would replace the drawing" in render.refused(sketch, "-o", tmp_path)
        assert "would replace the drawing" in render.refused(
            sketch, "-o", tmp_path / ".." / tmp_path.name / "sketch.png"
        )
        assert sketch.read_bytes() == before

    def test_nor_through_a_hard_link(self, render: Render, sketch: Path, tmp_path: Path) -> None:
        (tmp_path / "link.png").hardlink_to(sketch)
        assert "would replace the drawing" in render.refused(sketch, "-o", tmp_path / "link.png")

    def test_a_name_that_the_disk_cannot_take_is_a_user_error(self, render: Render, sketch: Path) -> None:
        assert "name" in render.refused(sketch, "-o", sketch.parent / ("x" * 300 + ".png"))

    def test_nor_another_drawing(self, render: Render, sketch: Path, other: Path, tmp_path: Path) -> None:
        before = sketch.read_bytes()
        assert "would replace the drawing" in render.refused(other, sketch, "-o", tmp_path)
        assert sketch.read_bytes() == before

    def test_nor_the_reference(self, render: Render, sketch: Path, tmp_path: Path) -> None:
        photo = tmp_path / "photos" / "sketch.png"
        photo.parent.mkdir()
        Image.new("RGB", (64, 64), (200, 150, 120)).save(photo)
        before = photo.read_bytes()
        assert "would replace the reference" in render.refused(sketch, "-o", photo.parent, "--reference", photo)
        assert photo.read_bytes() == before


class TestPictureFiles:
    def test_photo_of_a_drawing_is_turned_upright(self, render: Render, tmp_path: Path) -> None:
        turned = Image.fromarray(face(256)).rotate(90)
        exif = Image.Exif()
        exif[0x0112] = 6  # the camera was held sideways
        turned.save(tmp_path / "turned.png", exif=exif)
        Image.fromarray(face(256)).save(tmp_path / "upright.png")
        assert render(tmp_path / "turned.png", tmp_path / "upright.png", "-o", tmp_path / "out") == 0
        assert np.array_equal(pixels(tmp_path / "out" / "turned.png"), pixels(tmp_path / "out" / "upright.png"))

    @pytest.mark.parametrize("mode", ["1", "P", "LA", "RGBA", "I;16", "CMYK"])
    def test_any_kind_of_picture_will_do(self, render: Render, tmp_path: Path, mode: str) -> None:
        grey = Image.fromarray(face(256))
        deep = Image.fromarray(face(256).astype(np.uint16) * 257)
        name = "picture.tif" if mode == "CMYK" else "picture.png"
        (deep if mode == "I;16" else grey.convert(mode)).save(tmp_path / name)
        grey.save(tmp_path / "plain.png")
        assert render(tmp_path / name, tmp_path / "plain.png", "-o", tmp_path / "out") == 0
        difference = pixels(tmp_path / "out" / "picture.png") - pixels(tmp_path / "out" / "plain.png").astype(float)
        assert abs(difference).max() <= (40 if mode in ("1", "CMYK") else 2)

    @pytest.mark.parametrize("white", [1.0, 255.0, 65535.0, 255, 65535, 2**31 - 1, 2**32 - 1])
    def test_numbers_of_32_bits_are_read_by_what_white_is(self, tmp_path: Path, white: float) -> None:
        grey = face(64) / 255 * white
        values = grey.astype(np.float32) if isinstance(white, float) else grey.astype(np.uint32).view(np.int32)
        Image.fromarray(values).save(tmp_path / "deep.tif")
        assert np.abs(read_drawing(tmp_path / "deep.tif")[:, :, 0] - face(64).astype(float)).max() <= 1

    def test_floating_point_may_be_a_little_above_white(self, tmp_path: Path) -> None:
        values = face(64).astype(np.float32) / 255
        values[0, 0] = 1.2
        Image.fromarray(values).save(tmp_path / "deep.tif")
        assert np.abs(read_drawing(tmp_path / "deep.tif")[:, :, 0] - face(64).astype(float)).max() <= 1

    @pytest.mark.parametrize("value", [1e9, float("nan")])
    def test_numbers_without_a_white_are_refused(self, render: Render, tmp_path: Path, value: float) -> None:
        values = face(64).astype(np.float32)
        values[0, 0] = value
        Image.fromarray(values).save(tmp_path / "deep.tif")
        message = render.refused(tmp_path / "deep.tif", "-o", tmp_path / "out.png")
        assert "deep.tif has grey values beyond any known white: save it with 8 or 16 bits" in message

    def test_missing_file(self, render: Render, tmp_path: Path) -> None:
        message = render.refused(tmp_path / "nothing.png", "-o", tmp_path / "out.png")
        assert f"{tmp_path / 'nothing.png'} does not exist" in message

    @pytest.mark.parametrize("damage", [lambda data: b"hello", lambda data: b"", lambda data: data[: len(data) // 2]])
    def test_not_a_picture(self, render: Render, sketch: Path, tmp_path: Path, damage) -> None:
        sketch.write_bytes(damage(sketch.read_bytes()))
        assert f"{sketch} is not a picture that can be read" in render.refused(sketch, "-o", tmp_path / "out.png")

    def test_corrupted_picture(self, render: Render, sketch: Path, tmp_path: Path) -> None:
        data = bytearray(sketch.read_bytes())
        place = data.index(b"IDAT")
        data[place - 4 : place + 4] = b"\xff\xff\xff\xff\x01\x02\x03\x04"
        sketch.write_bytes(data)
        assert "is not a picture that can be read" in render.refused(sketch, "-o", tmp_path / "out.png")

    def test_empty_picture(self, render: Render, tmp_path: Path) -> None:
        Image.new("L", (300, 300), 255).save(tmp_path / "blank.png")
        message = render.refused(tmp_path / "blank.png", "-o", tmp_path / "out.png")
        assert "draw a face on it first" in message
        assert not (tmp_path / "out.png").exists()

    def test_output_that_cannot_be_written(self, render: Render, sketch: Path, tmp_path: Path) -> None:
        assert "There is no folder" in render.refused(sketch, "-o", tmp_path / "no" / "portrait.png")
        assert "ending in .png" in render.refused(sketch, "-o", tmp_path / "portrait.xyz")


class TestOptions:
    @pytest.mark.parametrize(
        ("entry", "reason"),
        [
            ("nose", "write COMPONENT=V"),
            ("nose=", "write COMPONENT=V"),
            ("nose=much", "write COMPONENT=V"),
            ("chin=0.5", "no component 'chin'"),
            ("nose=1.5", "between 0 and 1"),
            ("nose=-0.1", "between 0 and 1"),
            ("nose=nan", "between 0 and 1"),
        ],
    )
    def test_bad_blend(self, render: Render, sketch: Path, tmp_path: Path, entry: str, reason: str) -> None:
        message = render.refused(sketch, "-o", tmp_path / "out.png", f"--blend={entry}")
        assert f"--blend {entry}: " in message
        assert reason in message

    def test_later_blends_win(self) -> None:
        values = parse_blend(["nose=0.1", "all=0.5", "mouth=1"])
        assert values == {**dict.fromkeys(NAMES, 0.5), "mouth": 1.0}
        assert parse_blend([]) == {}
        with pytest.raises(DfdError):
            parse_blend(["all=2"])

    def test_attributes(self) -> None:
        assert parse_attributes(["femininity=0.5", "femininity=-1"]) == {"femininity": -1.0}
        assert parse_attributes([]) == {}
        reasons = {"femininity": "write NAME=V", "beauty=1": "there is no attribute 'beauty'"}
        for wrong, reason in (reasons | dict.fromkeys(("femininity=2", "femininity=nan"), "between -1 and 1")).items():
            with pytest.raises(DfdError, match=reason):
                parse_attributes([wrong])

    def test_an_attribute_that_the_pack_does_not_know(self, render: Render, sketch: Path, tmp_path: Path) -> None:
        message = render.refused(sketch, "-o", tmp_path / "out.png", "--attribute", "femininity=1")
        assert "knows no femininity" in message

    def test_unknown_component_to_lock(self, render: Render, sketch: Path, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as stop:
            render(sketch, "-o", "out.png", "--lock", "chin")
        assert stop.value.code == 2
        assert "chin" in capsys.readouterr().err

    def test_bad_weights_folder(self, render: Render, sketch: Path, tmp_path: Path) -> None:
        message = render.refused(sketch, "-o", tmp_path / "out.png", "--weights", tmp_path / "nowhere")
        assert "No weight pack in" in message

    def test_very_large_seed(self, render: Render, sketch: Path, tmp_path: Path) -> None:
        assert render(sketch, "-o", tmp_path / "out.png", "--seed", 10**25) == 0
