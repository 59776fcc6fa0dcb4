"""The one step that pyproject.toml cannot say: the weight pack goes into the wheel, inside the package."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class WithWeights(build_py):
    """Copies `weights/default` to `dfd_core/weights/default`; a checkout uses it where it is."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib) / "dfd_core" / "weights" / "default"
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree("weights/default", target)


setup(cmdclass={"build_py": WithWeights})
