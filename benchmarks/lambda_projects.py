"""The projects that the benchmark of the Lambda loop edits: made of `lambda_project/`, and filled up with modules."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

SAMPLE = Path(__file__).with_name("lambda_project")
RUNTIME = f"python{sys.version_info[0]}.{sys.version_info[1]}"
"""Of Lambda: the one of the Python that runs this, so that everybody has it."""

_MODULE = '''"""Part {number} of a shop: {name}."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Item{number}:
    """One kind of thing that is sold."""

    name: str
    price: float = {number}.5
    stock: int = {number}

    @property
    def worth(self) -> float:
        """What all of it costs."""
        return self.price * self.stock


def restocked(item: Item{number}, more: int) -> Item{number}:
    """The same after a delivery."""
    if more < 0:
        raise ValueError(f"{{more}} of {{item.name}} can't be delivered")
    return Item{number}(item.name, item.price, item.stock + more)
'''


@dataclass(frozen=True)
class Sample:
    """One project. `files`: how many its source has. `dependencies`: with numpy, pydantic and requests."""

    name: str
    files: int
    dependencies: bool = True

    @property
    def handler(self) -> str:
        return "app.handler" if self.dependencies else "plain.handler"

    def make(self, folder: Path) -> Path:
        """Make it in a new folder."""
        shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__"))
        source = folder / "src"
        for name in ("genesys.yaml", "template.yaml"):
            text = (folder / name).read_text().replace("RUNTIME", RUNTIME).replace("app.handler", self.handler)
            (folder / name).write_text(text)
        if not self.dependencies:
            (source / "requirements.txt").unlink()
            (source / "app.py").unlink()
        missing = self.files - sum(path.is_file() for path in source.rglob("*"))
        for number in range(missing):
            path = source / "shop" / f"area_{number // 50}" / f"item_{number}.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text(_MODULE.format(number=number, name=path.stem))
        return folder


PLAIN = Sample("plain", 30, dependencies=False)
TYPICAL = Sample("typical", 30)
LARGE = Sample("large", 1_000)


def edit(project: Path, version: int) -> None:
    """Change one line as editors do: in a file beside, which is renamed. What is answered tells it."""
    path = project / "src" / "shop" / "edited.py"
    beside = path.with_name(".edited.py.swp")
    beside.write_text(f"VERSION = {version}\n")
    beside.replace(path)
