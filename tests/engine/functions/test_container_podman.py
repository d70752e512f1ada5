"""Builds in real containers, with podman and the image that `.ci/base-image` makes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from pathlib import Path
from time import monotonic

import pytest

from genesys_tui.engine.functions.langpack import langpack
from genesys_tui.engine.functions.languages import builder
from genesys_tui.engine.functions.packing.binaries import check_binaries
from genesys_tui.engine.functions.workshop.container import Container, remove_orphans
from genesys_tui.engine.functions.workshop.engine import EngineError, find_engine
from genesys_tui.engine.functions.workshop.host import Host
from genesys_tui.engine.functions.workshop.workshop import CommandError, StoppedError, Workshop
from genesys_tui.engine.model.build import Architecture, Project, Target
from genesys_tui.engine.model.errors import GenesysError
from tests.engine.functions.containers import IN_STAND_IN, STAND_IN

pytestmark = pytest.mark.slow

Make = Callable[[], Container]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "home" / "genesys" / "functions"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def make(folder: Path) -> Iterator[Make]:
    made: list[Container] = []

    def make() -> Container:
        engine = find_engine("podman")
        image = engine.image(STAND_IN)
        assert image, f"{STAND_IN} is missing: run .ci/base-image"
        made.append(Container(engine, image, IN_STAND_IN, folder, print, threading.Event()))
        return made[-1]

    yield make
    for container in made:
        container.close()
    assert names(folder) == []


def names(folder: Path) -> list[str]:
    """Our containers, running or not."""
    command = ["podman", "ps", "--all", "--filter", f"label=genesys.folder={folder}", "--format", "{{.Names}}"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def eventually(holds: Callable[[], bool]) -> bool:
    end = monotonic() + 20
    pause = threading.Event()
    while not holds():
        if monotonic() > end:
            return False
        pause.wait(0.005)
    return True


@contextmanager
def doing(act: Callable[[], object], when: Callable[[], bool]) -> Iterator[None]:
    """Do something beside, as soon as something holds."""
    over = threading.Event()

    def watch() -> None:
        if eventually(lambda: over.is_set() or when()) and not over.is_set():
            act()

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def test_commands_in_a_container(make: Make, folder: Path) -> None:
    container = make()
    assert "Debian" in container.run(["cat", "/etc/os-release"])
    assert container.run(["sh", "-c", 'printf "%s" "$A"; pwd'], env={"A": "a'b\n"}) == f"a'b\n{folder}\n"
    container.run(["sh", "-c", "echo kept >a; ln a b"])
    assert (folder / "b").read_text() == "kept\n"
    assert (folder / "b").stat().st_uid == os.getuid()
    with pytest.raises(CommandError, match="no room"):
        container.run(["sh", "-c", "echo no room >&2; exit 28"])
    assert container.run([container.uv(), "--version"]).startswith("uv ")
    assert len(names(folder)) == 1


def test_the_container_does_not_see_this_machine(make: Make, tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    container = make()
    assert container.run(["sh", "-c", f"ls {tmp_path}"]) == "home\n"
    assert "AWS_SECRET" not in container.run(["env"])
    assert container.run(["sh", "-c", 'echo >"$HOME/written" && cat "$HOME/written"']) == "\n"
    assert not (Path.home() / "written").exists()


def test_stop_and_limit_keep_the_container(make: Make, folder: Path) -> None:
    container = make()
    container.open()
    [name] = names(folder)
    began = folder / "began"
    with doing(container.stop.set, when=began.exists), pytest.raises(StoppedError):
        container.run(["sh", "-c", f"touch {began}; sleep 600 & sleep 600"])
    container.stop.clear()
    with pytest.raises(GenesysError, match="was ended"):
        container.run(["sleep", "600"], limit=0.1)
    assert "sleep" not in container.run(["sh", "-c", "cat /proc/[0-9]*/comm"])
    assert names(folder) == [name]


def test_a_uv_that_is_killed_does_not_take_the_container_along(make: Make, folder: Path) -> None:
    container = make()
    with pytest.raises(CommandError) as caught:
        container.run(["sh", "-c", "kill -9 $$"])
    assert caught.value.code == 128 + signal.SIGKILL
    assert len(names(folder)) == 1


@pytest.mark.parametrize("victim", ["container", "engine"])
def test_a_killed_container_is_replaced(make: Make, folder: Path, victim: str) -> None:
    container = make()
    container.open()
    [name] = names(folder)
    assert container._shell
    process = container._shell._process.pid
    words = ["podman", "kill", name] if victim == "container" else ["kill", "-9", str(process)]
    began = folder / "began"

    def kill() -> None:
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)

    with doing(kill, when=began.exists), pytest.raises(EngineError, match="the container ended while sh ran in it"):
        container.run(["sh", "-c", f"touch {began}; sleep 600"])
    assert container.run(["echo", "next"]) == "next\n"
    assert eventually(lambda: name not in names(folder) and len(names(folder)) == 1)


_APP = """
import sys, threading
from pathlib import Path
from genesys_tui.engine.functions.workshop.container import Container
from genesys_tui.engine.functions.workshop.engine import find_engine
from tests.engine.functions.containers import IN_STAND_IN, STAND_IN
engine = find_engine("podman")
container = Container(engine, engine.image(STAND_IN), IN_STAND_IN, Path(sys.argv[1]), print, threading.Event())
container.run(["sh", "-c", "echo >began; sleep 600"])
"""


def test_a_killed_app_leaves_no_container(make: Make, folder: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", _APP, str(folder)]) as app:
        assert eventually((folder / "began").exists)
        [name] = names(folder)
        assert remove_orphans(find_engine("podman"), folder) == []
        app.kill()
    assert eventually(lambda: names(folder) == [])
    assert make().run(["echo", "next"]) == "next\n"
    assert name not in names(folder)


def test_an_orphan_is_removed_at_the_next_start(make: Make, folder: Path) -> None:
    engine = find_engine("podman")
    label = ["--label", f"genesys.folder={folder}", "--name", f"genesys-0-{os.getpid()}"]
    command = [*label, *engine.options, "--entrypoint", "/bin/sh", STAND_IN, "-c", "sleep 600"]
    started = engine.ask("run", "--detach", *command)
    assert started.code == 0, started.err
    [orphan] = names(folder)
    make().open()
    assert orphan not in names(folder)


def test_two_apps_have_a_container_each(make: Make, folder: Path) -> None:
    one, other = make(), make()
    one.run(["sh", "-c", "echo shared >cache-entry"])
    assert other.run(["cat", "cache-entry"]) == "shared\n"
    assert len(names(folder)) == 2


def test_an_option_that_the_engine_refuses(folder: Path) -> None:
    engine = find_engine("podman")
    image = engine.image(STAND_IN)
    assert image
    settings = IN_STAND_IN.model_copy(update={"options": ["--ulimit", "nofile=many"]})
    container = Container(engine, image, settings, folder, print, threading.Event())
    with pytest.raises(EngineError, match=r"can't start .*nofile") as caught:
        container.open()
    assert "builder.toml" in caught.value.todo
    assert names(folder) == []


# with the builder of Python ------------------------------------------------------------------------------------------
def installed(shop: Workshop, tmp_path: Path, requirements: str, architecture: Architecture = "x86_64") -> Path:
    """The dependencies of a project for Python 3.11, as they stand under /opt."""
    source = tmp_path / "source"
    source.mkdir(exist_ok=True)
    (source / "requirements.txt").write_text(requirements)
    (source / "lambda_function.py").write_text("def handler(event, context): ...\n")
    project = Project("example", source, Target("python3.11", architecture))
    pack = langpack("python", tmp_path)
    maker = builder("python")
    lock = maker.lock(project, pack, shop)
    assert lock
    into = shop.folder / "staging" / f"{shop.where}-{architecture}"
    into.mkdir(parents=True)
    maker.install(lock, project, pack, shop, into)
    check_binaries(into, pack.runtime(project.target), architecture)
    return into


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize("architecture", ["x86_64", "arm64"])
def test_wheels_are_the_same_bytes_as_on_the_host(make: Make, tmp_path: Path, architecture: Architecture) -> None:
    container = make()
    requirements = "pydantic==2.12.3\nrequests==2.32.5\n"
    inside = digests(installed(container, tmp_path, requirements, architecture))
    outside = digests(installed(Host(tmp_path / "clean"), tmp_path, requirements, architecture))
    assert inside == outside
    assert any(name.endswith(".so") for name in inside)


@pytest.mark.parametrize("victim", ["uv", "container"])
def test_a_build_that_was_killed_leaves_a_cache_that_is_right(make: Make, tmp_path: Path, victim: str) -> None:
    """Killed three times, each time as soon as uv put more into its cache, then built to the end."""
    container = make()
    requirements = "pydantic==2.12.3\nrequests==2.32.5\n"
    container.open()
    kills = "for p in /proc/[0-9]*; do read -r n <$p/comm && case $n in uv*) kill -9 ${p#/proc/};; esac; done"

    def kept() -> int:
        return sum(len(files) for _, _, files in os.walk(container.folder / "cache"))

    def kill() -> None:
        for name in names(container.folder):
            command = ["podman", "kill", name] if victim == "container" else ["podman", "exec", name, "sh", "-c", kills]
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def grown(before: int) -> bool:
        return kept() > before

    failed = 0
    for _ in range(3):
        before = kept()
        with doing(kill, when=partial(grown, before)):
            try:
                installed(container, tmp_path, requirements)
            except GenesysError:
                failed += 1
        shutil.rmtree(container.folder / "staging", ignore_errors=True)
    assert failed
    after = digests(installed(container, tmp_path, requirements))
    assert after == digests(installed(Host(tmp_path / "clean"), tmp_path, requirements))


def test_a_c_sdist_is_compiled_in_the_container_only(make: Make, tmp_path: Path) -> None:
    container = make()
    requirements = "--no-binary markupsafe\nmarkupsafe==3.0.2\n"
    [binary] = installed(container, tmp_path, requirements).rglob("*.so")
    assert "x86_64" in binary.name
    with pytest.raises(GenesysError, match="compiled"):
        installed(Host(tmp_path / "clean"), tmp_path, requirements)


def test_a_c_sdist_for_arm64_needs_an_arm64_engine(make: Make, tmp_path: Path) -> None:
    container = make()
    if container.engine.runs("arm64"):
        pytest.fail("this engine runs arm64: nothing can be said about one that does not")
    with pytest.raises(GenesysError, match=r"markupsafe can't be built: .*must be compiled on aarch64"):
        installed(container, tmp_path, "--no-binary markupsafe\nmarkupsafe==3.0.2\n", "arm64")
