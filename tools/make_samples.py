"""Makes samples/sample.kra from two of the sample drawings, in a real Krita.

The file holds white paper, a vector layer (hidden) and a paint layer (visible, on top), each with a whole face.
"""

from __future__ import annotations

import sys
from pathlib import Path

from krita_session import ROOT, KritaFailure, KritaSession

PAINTED = ROOT / "samples" / "tidy_woman.svg"
SHAPES = ROOT / "samples" / "tidy_man.svg"
OUTPUT = ROOT / "samples" / "sample.kra"
SIZE = 512

MAKE = """
doc = app.createDocument(size, size, "sample", "RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc", 72.0)
doc.setBatchmode(True)
app.activeWindow().addView(doc)
doc.topLevelNodes()[0].setName("paper")

def add_shapes(name, svg):
    layer = doc.createVectorLayer(name)
    doc.rootNode().addChildNode(layer, None)
    layer.addShapesFromSvg(svg)
    return layer

vector = add_shapes("sketch (vector)", shapes)
drawn = add_shapes("drawn", painted)
"""

FINISH = """
paint = doc.createNode("sketch (paint)", "paintlayer")
paint.setPixelData(drawn.projectionPixelData(0, 0, size, size), 0, 0, size, size)
doc.rootNode().addChildNode(paint, drawn)
drawn.remove()
vector.setVisible(False)
doc.refreshProjection()
doc.waitForDone()
doc.setActiveNode([n for n in doc.topLevelNodes() if n.name() == "sketch (paint)"][0])
result = doc.saveAs(path)
"""


def make(path: Path = OUTPUT) -> None:
    """Write the sample document to `path`."""
    with KritaSession(ROOT / "build" / "krita-profile") as krita:
        krita.run(MAKE, size=SIZE, painted=PAINTED.read_text("utf-8"), shapes=SHAPES.read_text("utf-8"))
        ink = "bytes(layer.projectionPixelData(0, 0, size, size))"
        for name in ("vector", "drawn"):  # shapes are rendered in the background: wait until two readings are equal
            krita.run(f"layer, last = {name}, b''")
            krita.wait_for(f"(any({ink}[3::4]) and last == {ink}) or globals().update(last={ink})")
        if not krita.run(FINISH, path=str(path)):
            raise KritaFailure(f"Krita could not save {path}")
        krita.quit()


if __name__ == "__main__":
    try:
        make()
    except (KritaFailure, OSError) as error:
        sys.exit(f"make_samples: {error}")
    print(f"{OUTPUT.relative_to(ROOT)}: {OUTPUT.stat().st_size} bytes")
