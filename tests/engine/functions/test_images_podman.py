"""An image of a function, made without a container, runs in one: podman, and what `.ci/base-image` makes as a base."""

from __future__ import annotations

import json
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from genesys_tui.engine.functions.build import Builds
from genesys_tui.engine.functions.workshop.engine import find_engine
from genesys_tui.engine.functions.workshop.settings import BuilderSettings
from genesys_tui.engine.model.build import BuiltImage, Project, Target
from tests.engine.functions.containers import STAND_IN

pytestmark = pytest.mark.slow

MAIN = "import six\n\ndef handler(event, context):\n    return six.__version__\n"
ANSWER = "import sys; sys.path[:0] = ['/opt/python', '/var/task']; import main; print(main.handler({}, None))"


@pytest.fixture
def builds(tmp_path: Path) -> Iterator[Builds]:
    builds = Builds(tmp_path / "genesys", print, BuilderSettings(builder="host", engine="podman", base=STAND_IN))
    yield builds
    builds.close()


def layout(image: BuiltImage, artifacts: Path, path: Path) -> Path:
    """The image as an archive that engines load: the layout of the OCI image specification."""
    manifest = path.with_suffix(".json")
    manifest.write_text(image.manifest)
    digest = subprocess.run(["sha256sum", manifest], check=True, capture_output=True, text=True).stdout.split()[0]
    named = {"mediaType": json.loads(image.manifest)["mediaType"], "size": len(image.manifest)}
    index = {"schemaVersion": 2, "manifests": [{**named, "digest": f"sha256:{digest}"}]}
    (path.parent / "index.json").write_text(json.dumps(index))
    (path.parent / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    with tarfile.open(path, "w") as tar:
        for name in ("oci-layout", "index.json"):
            tar.add(path.parent / name, name)
        tar.add(manifest, f"blobs/sha256/{digest}")
        content = json.loads(image.manifest)
        for one in (content["config"], *content["layers"]):
            blob = one["digest"].removeprefix("sha256:")
            tar.add(artifacts / blob, f"blobs/sha256/{blob}")
    return path


def test_an_engine_loads_it_and_its_code_runs(builds: Builds, tmp_path: Path) -> None:
    source = tmp_path / "src"
    source.mkdir()
    (source / "main.py").write_text(MAIN)
    (source / "requirements.txt").write_text("six==1.17.0\n")
    built = builds.build(Project("f", source, Target("python3.11"), package="image"))
    assert built.image
    archive = layout(built.image, builds.home / "artifacts", tmp_path / "image.tar")
    loaded = subprocess.run(["podman", "load", "--input", archive], check=True, capture_output=True, text=True).stdout
    name = loaded.split()[-1]
    try:
        id = subprocess.run(
            ["podman", "image", "inspect", name, "--format", "{{.Id}} {{.Config.Cmd}}"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()
        assert id == [built.image.id, "[main.handler]"]
        options = [*find_engine("podman").options, "--network", "host"]
        run = ["podman", "run", "--rm", *options, name, "python3", "-c", ANSWER]
        assert subprocess.run(run, check=True, capture_output=True, text=True).stdout.strip() == "1.17.0"
    finally:
        subprocess.run(["podman", "rmi", "--force", name], check=True, capture_output=True)
