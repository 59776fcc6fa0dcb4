"""Makes the README's picture in a real Krita: the sample drawings, and what the plugin makes of them.

python tools/make_portraits.py
"""

from __future__ import annotations

import base64
import io
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests" / "krita")]

from krita_session import KritaFailure, KritaSession  # noqa: E402
from make_manual import GRAB  # noqa: E402
from painter import Painter  # noqa: E402

OUTPUT = ROOT / "docs" / "portraits.jpg"
PROFILE = ROOT / "build" / "krita-profile"
SIDE, SHOWN = 512, 200
SEEDS = (0, 3, 8)
"""The average look, and two rolls of the dice."""

DRAW = """
shapes = doc.createVectorLayer("shapes")
doc.rootNode().addChildNode(shapes, None)
shapes.addShapesFromSvg(svg)
last = b""
"""
INK = "bytes(shapes.projectionPixelData(0, 0, side, side))"
PAINT = """
layer("lines").setPixelData(QByteArray(last), 0, 0, side, side)
shapes.remove()
doc.refreshProjection(); doc.waitForDone()
doc.setActiveNode(layer("lines"))
"""
SEEN = "doc.waitForDone(); picture = doc.projection(0, 0, side, side)"


def seen(painter: Painter) -> Image.Image:
    """What the canvas shows."""
    painter.run(SEEN, side=SIDE)
    picture = Image.open(io.BytesIO(base64.b64decode(painter.run(GRAB))))
    return picture.convert("RGB").resize((SHOWN, SHOWN), Image.Resampling.LANCZOS)


def row(painter: Painter, drawing: Path) -> list[Image.Image]:
    """A drawing and its portraits."""
    painter.new(SIDE, SIDE)
    painter.run(DRAW, svg=drawing.read_text("utf-8"))
    painter.session.wait_for(f"(any({INK}[3::4]) and last == {INK}) or globals().update(last={INK})", side=SIDE)
    painter.run(PAINT, side=SIDE)
    pictures = [seen(painter)]
    for seed in SEEDS:
        painter.run("controller().note(seed=seed, keep_colours=False)", seed=seed)
        painter.generate(120)
        pictures.append(seen(painter))
    painter.close_all()
    return pictures


def main() -> int:
    """Write the picture."""
    drawings = sorted((ROOT / "samples").glob("*.svg"))
    width = 1 + len(SEEDS)
    sheet = Image.new("RGB", (2 * width * SHOWN, (len(drawings) + 1) // 2 * SHOWN), "white")
    with KritaSession(PROFILE) as session:
        painter = Painter(session)
        for number, drawing in enumerate(drawings):
            for column, picture in enumerate(row(painter, drawing)):
                sheet.paste(picture, ((number % 2 * width + column) * SHOWN, number // 2 * SHOWN))
        session.quit()
    sheet.save(OUTPUT, quality=85)
    print(f"{OUTPUT.relative_to(ROOT)}: {OUTPUT.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (KritaFailure, OSError) as error:
        sys.exit(f"make_portraits: {error}")
