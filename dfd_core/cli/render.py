"""Turn a drawing into a portrait."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from string import hexdigits

from dfd_core.cli.files import read_drawing, read_reference, write_picture
from dfd_core.errors import DfdError
from dfd_core.geometry import ATTRIBUTES, NAMES, PARTS


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the arguments of `dfd render`."""
    command.add_argument("sketch", type=Path, metavar="SKETCH", nargs="+", help="drawing(s): PNG, JPEG, ...")
    command.add_argument("-o", "--output", type=Path, required=True,
                         help="portrait file, or folder for several drawings")  # fmt: skip
    command.add_argument("--weights", type=Path, metavar="DIR", help="weight pack (default: the one that comes along)")
    command.add_argument("--blend", action="append", default=[], metavar="COMPONENT=V",
                         help=f"0 = my lines .. 1 = plausible face, for one of {', '.join(NAMES)} or all")  # fmt: skip
    command.add_argument("--attribute", action="append", default=[], metavar="NAME=V",
                         help=f"-1 .. 1 (0 = as drawn) of the whole face, for {' or '.join(ATTRIBUTES)}")  # fmt: skip
    command.add_argument("--lock", action="append", default=[], metavar="COMPONENT", choices=NAMES,
                         help="keep this component of the first drawing in all that follow")  # fmt: skip
    command.add_argument("--seed", type=int, default=0, help="colours and light (0 = what the lines suggest)")
    command.add_argument("--reference", type=Path, metavar="PICTURE",
                         help="take skin, hair and light from this picture of a face")  # fmt: skip
    command.add_argument("--strength", type=float, default=1.0,
                         help="0 = the seed's appearance .. 1 = the reference's (default: 1)")  # fmt: skip
    for part in PARTS:
        command.add_argument(f"--{part}", metavar="#RRGGBB", help=f"mean colour of the {part}, such as #b07050")
    command.add_argument("--link-eyes", action="store_true", help="make one eye of both and show it on both sides")
    command.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps (default: auto)")
    command.add_argument("--frame", choices=("auto", "canvas"), default="auto",
                         help="where the face is: found in the drawing, or the whole canvas")  # fmt: skip
    command.add_argument("--in-place", action="store_true",
                         help="write the portrait at the drawing's place and size instead of 512 x 512")  # fmt: skip


def parse_blend(entries: list[str]) -> dict[str, float]:
    """`["nose=0.5", "all=1"]` -> a value per component, later entries winning; raises `DfdError`."""
    values: dict[str, float] = {}
    for entry in entries:
        name, value = _named(entry, f"--blend {entry}: write COMPONENT=V, such as nose=0.5.")
        if name not in (*NAMES, "all"):
            raise DfdError(f"--blend {entry}: there is no component '{name}'; use all or one of {', '.join(NAMES)}.")
        if not 0 <= value <= 1:
            raise DfdError(f"--blend {entry}: the value must be between 0 and 1.")
        values.update(dict.fromkeys(NAMES if name == "all" else (name,), value))
    return values


def parse_attributes(entries: list[str]) -> dict[str, float]:
    """`["femininity=0.5"]` -> a value per attribute, later entries winning; raises `DfdError`."""
    values: dict[str, float] = {}
    for entry in entries:
        name, value = _named(entry, f"--attribute {entry}: write NAME=V, such as femininity=0.5.")
        if name not in ATTRIBUTES:
            raise DfdError(f"--attribute {entry}: there is no attribute '{name}'; use {', '.join(ATTRIBUTES)}.")
        if not -1 <= value <= 1:
            raise DfdError(f"--attribute {entry}: the value must be between -1 and 1.")
        values[name] = value
    return values


def _named(entry: str, otherwise: str) -> tuple[str, float]:
    """`"nose=0.5"` -> name and value; raises `DfdError` with the words `otherwise`."""
    name, _, text = entry.partition("=")
    try:
        return name, float(text)
    except ValueError:
        raise DfdError(otherwise) from None


def parse_colour(text: str) -> tuple[int, int, int]:
    """`"#b07050"` or `"b07050"` -> 8-bit RGB; raises `DfdError`."""
    digits = text.removeprefix("#")
    if len(digits) != 6 or not all(digit in hexdigits for digit in digits):
        raise DfdError(f"{text} is not a colour: write six hexadecimal digits, such as #b07050.")
    red, green, blue = bytes.fromhex(digits)
    return red, green, blue


def outputs(sketches: list[Path], output: Path, reference: Path | None = None) -> list[Path]:
    """One output file per sketch: `output` itself for one, files in the folder `output` for several.

    Raises `DfdError` when a portrait would replace a drawing or the reference.
    """
    targets = _targets(sketches, output)
    for picture in filter(None, (*sketches, reference)):
        if picture.exists() and (clash := next((t for t in targets if t.exists() and t.samefile(picture)), None)):
            what = "reference" if picture is reference else "drawing"
            raise DfdError(f"The portrait would replace the {what} {clash}: choose another output.")
    return targets


def _targets(sketches: list[Path], output: Path) -> list[Path]:
    if len(sketches) == 1 and not output.is_dir():
        if not output.parent.is_dir():
            raise DfdError(f"There is no folder {output.parent}: make it first.")
        return [output]
    if output.is_file() or (output.suffix and not output.is_dir()):
        raise DfdError(f"-o {output} must be a folder when there are several drawings.")
    output.mkdir(parents=True, exist_ok=True)
    names = [sketch.with_suffix(".png").name for sketch in sketches]
    if len(set(names)) < len(names):
        raise DfdError("Two of the drawings have the same name: render them one at a time.")
    return [output / name for name in names]


def run(options: argparse.Namespace) -> int:
    """`dfd render`: returns the exit code."""
    blends, attributes = parse_blend(options.blend), parse_attributes(options.attribute)
    targets = outputs(options.sketch, options.output, options.reference)
    if not 0 <= options.strength <= 1:
        raise DfdError(f"--strength {options.strength:g}: the value must be between 0 and 1.")
    colours = {part: parse_colour(text) for part in PARTS if (text := getattr(options, part)) is not None}
    drawings = [read_drawing(path) for path in options.sketch]
    picture = read_reference(options.reference) if options.reference else None
    from dfd_core.appearance import Reference
    from dfd_core.engine import Engine

    engine = Engine(options.weights, options.device)
    engine.seed, engine.link_eyes = options.seed, options.link_eyes
    if picture is not None:
        engine.reference, engine.reference_strength = Reference(picture), options.strength
    for part, colour in colours.items():
        engine.set_colour(part, colour)
    for name, value in blends.items():
        engine.set_blend(name, value)
    for name, value in attributes.items():
        engine.set_attribute(name, value)
    for name in options.lock:
        engine.set_lock(name, True)
    for sketch, drawing, target in zip(options.sketch, drawings, targets, strict=True):
        begun = time.perf_counter()
        try:
            engine.set_sketch(drawing, frame=options.frame)
        except DfdError as error:
            raise type(error)(f"{sketch}: {error}") from None
        portrait = engine.render()
        write_picture(target, portrait.placed()[0] if options.in_place else portrait.image)
        print(f"{target}: {time.perf_counter() - begun:.2f} s on {engine.device}")
    if engine.notice:
        print(engine.notice)
    return 0
