"""What only a fresh process can show: cold start to the first portrait, and memory."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from dfd_core.errors import DfdError

BEGIN = """
import json, sys, time
begun = time.perf_counter()
import torch
imported = time.perf_counter()
"""

OURS = """
from dfd_core.benchmark.drawings import drawing
from dfd_core.engine import Engine
page = drawing()
engine = Engine(sys.argv[1], sys.argv[2])
loaded = time.perf_counter()
engine.set_sketch(page)
engine.render()
"""

WARM = """
engine.warm()
loaded = begun = imported = time.perf_counter()
engine.set_sketch(page)
engine.render()
"""

REFERENCE = """
from dfd_core.benchmark.reference import Reference, WINDOWS
with torch.device("meta"):
    reference = Reference()
state = torch.load(sys.argv[1], map_location=sys.argv[2])
reference.load_state_dict(state["networks"], assign=True)
reference.banks = state["banks"]
reference.eval()
del state
loaded = time.perf_counter()
with torch.inference_mode():
    reference(torch.zeros(1, 1, 512, 512, device=sys.argv[2]))
"""

END = """
if sys.argv[2].startswith("cuda"):
    torch.cuda.synchronize()
done = time.perf_counter()
from dfd_core.benchmark.memory import peak_memory, resident_memory
gpu = torch.cuda.max_memory_allocated() if sys.argv[2].startswith("cuda") else 0
print(json.dumps([imported - begun, loaded - begun, done - begun, peak_memory(), resident_memory(), gpu]))
"""


@dataclass(frozen=True)
class Start:
    """Seconds until torch is imported, all is loaded and the first portrait is there; bytes.

    `peak` is the greatest and `resident` the last resident memory, `gpu` the greatest use of a GPU's; `disk` the size
    of the weights.
    """

    torch: float
    load: float
    first: float
    peak: int
    resident: int
    gpu: int
    disk: int


def _run(code: str, *arguments: str, disk: int) -> Start:
    done = subprocess.run([sys.executable, "-c", BEGIN + code + END, *arguments], capture_output=True, text=True,
                          check=False, cwd=Path(__file__).resolve().parent.parent.parent)  # fmt: skip
    if done.returncode:
        raise DfdError(f"The benchmark's fresh process failed: {done.stderr.strip().splitlines()[-1]}")
    imported, loaded, first, peak, resident, gpu = json.loads(done.stdout)
    return Start(imported, loaded, first, peak, resident, gpu, disk)


def our_start(pack: Path, device: str) -> Start:
    """The engine with a weight pack, from nothing imported."""
    return _run(OURS, str(pack), device, disk=_size(pack))


def our_warm_start(pack: Path, device: str) -> Start:
    """The same, where the time begins when the engine has been loaded and warmed."""
    return _run(OURS.partition("loaded =")[0] + WARM, str(pack), device, disk=_size(pack))


def _size(pack: Path) -> int:
    return sum(path.stat().st_size for path in pack.iterdir())


def reference_start(device: str) -> Start:
    """The reference system, whose random weights are written to a temporary file of 1.9 GB first."""
    import torch

    from dfd_core.benchmark.reference import Reference

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "reference.pt"
        reference = Reference()
        torch.save({"networks": reference.state_dict(), "banks": reference.banks}, file)
        del reference
        return _run(REFERENCE, str(file), device, disk=file.stat().st_size)
