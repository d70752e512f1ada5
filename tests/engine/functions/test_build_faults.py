"""What goes wrong around a build: it is told in words, what was made stays right, and the loop goes on."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from genesys_tui.engine.functions.loop import Loop
from genesys_tui.engine.functions.workshop import engine as engines
from genesys_tui.engine.model.build import Built
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.loop import BuildDone, Failed
from genesys_tui.engine.workspace import Settings, Workspace
from tests.engine.functions.containers import IN_STAND_IN, PODMAN, STAND_IN, fake_engine
from tests.engine.functions.projects import written
from tests.engine.functions.python_projects import host
from tests.engine.functions.test_loop import REGION, Told, folder, loop_of, save, started, told, workspace
from tests.engine.functions.whole_builds import HANDLER, House, bytes_of, eventually, house, small_disk

__all__ = ["folder", "told", "workspace"]

WANTS = "pydantic==2.12.3\nidna==3.10\n"
FILES = {"requirements.txt": WANTS, "app.py": HANDLER}

_BUILD = """
import sys
from pathlib import Path
from tests.engine.functions.whole_builds import bytes_of, house
with house(Path(sys.argv[1]), shared=False) as here:
    print(*bytes_of(here.build(Path(sys.argv[2]), "python3.12", "arm64"), here.home))
"""


def building(home: Path, source: Path) -> subprocess.Popen[str]:
    """An app that builds, for arm64, with a cache of its own; it prints the hashes of what it made."""
    env = os.environ | {"PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, "-c", _BUILD, str(home), str(source)]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def made(home: Path, source: Path) -> tuple[str, ...]:
    """The hashes of what is built in this process."""
    with house(home, shared=False) as here:
        return bytes_of(here.build(source, "python3.12", "arm64"), home)


def whole(home: Path) -> bool:
    """Whether each artifact is what its name says, and each layer that is there has all it should."""
    from hashlib import sha256

    named = [path for path in (home / "artifacts").glob("*") if len(path.name) == 64]
    layers = list((home / "functions" / "layers").glob("*"))
    return all(sha256(path.read_bytes()).hexdigest() == path.name for path in named) and all(
        (path / "layer.json").is_file() for path in layers
    )


# killed ---------------------------------------------------------------------------------------------------------------
@pytest.mark.slow
@pytest.mark.parametrize(
    "moment",
    [
        "functions/locks/*.json",
        "functions/cache/uv/archive-v0/*",
        "functions/staging/*/opt/python/pydantic*",
        "functions/staging/*/layer.*",
        "artifacts/*",
        "functions/layers/*",
    ],
)
def test_an_app_that_is_killed_at_any_time_leaves_what_is_right(tmp_path: Path, moment: str) -> None:
    source, home = written(tmp_path / "src", FILES), tmp_path / "house"
    with building(home, source) as app:
        assert eventually(lambda: app.poll() is not None or any(home.glob(moment)), 60)
        app.kill()
    assert whole(home)
    assert made(home, source) == made(tmp_path / "clean", source)
    assert whole(home)


@pytest.mark.slow
def test_a_uv_that_is_killed_fails_one_build_only(tmp_path: Path) -> None:
    source, home = written(tmp_path / "src", FILES), tmp_path / "house"
    killed: list[int] = []

    def kill() -> None:
        if eventually(lambda: bool(uvs())):
            for pid in uvs():
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

    killer = Thread(target=kill)
    killer.start()
    try:
        with pytest.raises(GenesysError, match=r"uv|resolved"):
            made(home, source)
    finally:
        killer.join()
    assert killed
    assert made(home, source) == made(tmp_path / "clean", source)


def uvs() -> list[int]:
    """The processes of uv that this one started."""
    children = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    pids = [int(pid) for path in children for pid in path.read_text().split()]
    return [pid for pid in pids if "uv" in name_of(pid)]


def name_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


@pytest.mark.slow
def test_a_container_that_is_killed_fails_one_build_only(tmp_path: Path) -> None:
    source, home = written(tmp_path / "src", FILES), tmp_path / "house"

    def kill() -> None:
        if eventually(lambda: any(home.glob("functions/cache/uv/*/*"))):
            for name in containers(home):
                subprocess.run(["podman", "kill", name], check=False, capture_output=True)

    with house(home, IN_STAND_IN, shared=False) as here:
        killer = Thread(target=kill)
        killer.start()
        try:
            with pytest.raises(GenesysError, match="the container ended while uv"):
                here.build(source, "python3.12", "arm64")
        finally:
            killer.join()
        again = bytes_of(here.build(source, "python3.12", "arm64"), home)
    assert again == made(tmp_path / "clean", source)
    assert eventually(lambda: not containers(home))


def containers(home: Path) -> list[str]:
    command = ["podman", "ps", "--all", "--filter", f"label=genesys.folder={home / 'functions'}"]
    said = subprocess.run([*command, "--format", "{{.Names}}"], check=True, capture_output=True, text=True)
    return said.stdout.split()


@pytest.mark.slow
def test_apps_that_build_the_same_at_once_make_the_same(tmp_path: Path) -> None:
    source, home = written(tmp_path / "src", FILES), tmp_path / "house"
    apps = [building(home, source) for _ in range(3)]
    said = [app.communicate(timeout=120) for app in apps]
    assert [app.returncode for app in apps] == [0, 0, 0], said
    assert {out for out, _ in said} == {" ".join(made(tmp_path / "clean", source)) + "\n"}
    assert len(list((home / "functions" / "layers").iterdir())) == 1
    assert list((home / "functions" / "staging").iterdir()) == []


# while the loop runs --------------------------------------------------------------------------------------------------
@pytest.fixture
def loop(workspace: Workspace, folder: Path, told: Told) -> Iterator[Loop]:
    """It runs nothing: that is not what this is about."""
    loop = loop_of(workspace, folder, told)
    loop.event = None
    yield loop
    loop.close()
    loop.wait()


def wants(folder: Path, requirements: str) -> None:
    (folder / "src" / "requirements.txt").write_text(requirements)


def failed(told: Told) -> GenesysError:
    """The error of the build that failed."""
    event = told.until(Failed, lambda event: event.stage == "build")
    return event.error


def built(told: Told) -> Built:
    return told.until(BuildDone, lambda event: bool(event.built.layers)).built


@pytest.mark.slow
@pytest.mark.parametrize("size", ["1m", "4m", "9m"])
def test_a_full_disk_is_told_and_the_loop_goes_on(
    aws: str, folder: Path, told: Told, tmp_path: Path, size: str
) -> None:
    """Full at different times: at the download, at the install, when the layer is zipped."""
    home = tmp_path / "small"
    with small_disk(home, "64m") as grow:
        workspace = Workspace(Settings(region=REGION, endpoint=aws, stack="shop", home=home))
        loop = loop_of(workspace, folder, told)
        loop.event = None
        started(loop, told)
        grow(f"{used(home) + int(size[:-1]) * 1024}k")
        wants(folder, WANTS)
        error = failed(told)
        assert any(word in str(error).lower() for word in ("no space", "full")), error
        assert "room" in error.todo or "disk" in error.todo
        grow("64m")
        save(folder, "2")
        assert len(built(told).layers) == 1
        assert whole(home)
        loop.close()
        loop.wait()
        workspace.close()


def used(home: Path) -> int:
    """KB on its disk."""
    facts = os.statvfs(home)
    return (facts.f_blocks - facts.f_bfree) * facts.f_frsize // 1024


def test_a_registry_that_cannot_be_reached_is_told_and_the_loop_goes_on(
    loop: Loop, told: Told, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host(tmp_path / "genesys")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    started(loop, told)
    wants(folder, "idna==3.10\n")
    error = failed(told)
    assert "index can't be reached" in str(error) and "UV_INDEX" in error.todo
    monkeypatch.delenv("UV_DEFAULT_INDEX")
    save(folder, "2")
    assert [layer.contents[0][0] for layer in built(told).layers] == ["idna"]


def test_a_registry_that_never_answers_is_left_by_the_next_save(
    loop: Loop, told: Told, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    host(tmp_path / "genesys")
    started(loop, told)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("UV_DEFAULT_INDEX", f"http://127.0.0.1:{silent.getsockname()[1]}/simple")
        wants(folder, "idna==3.10\n")
        connection, _ = silent.accept()
        with connection:
            wants(folder, "")
            assert told.until(BuildDone, lambda event: event.save > 0).built.layers == ()
    assert not told.words.count("Error")


def builder(tmp_path: Path, text: str) -> None:
    """What the user's builder.toml says."""
    (tmp_path / "genesys").mkdir(exist_ok=True)
    (tmp_path / "genesys" / "builder.toml").write_text(text)


def test_a_container_that_is_asked_for_without_an_engine(
    loop: Loop, told: Told, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host(tmp_path / "genesys")
    monkeypatch.delenv("GENESYS_BUILDER")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    builder(tmp_path, 'builder = "container"\n')
    started(loop, told)
    wants(folder, "idna==3.10\n")
    error = failed(told)
    assert "there is no podman or docker or finch" in str(error)
    assert error.command == "GENESYS_BUILDER=host"
    builder(tmp_path, 'builder = "host"\n')
    save(folder, "2")
    assert len(built(told).layers) == 1


def test_an_engine_that_hangs(
    loop: Loop, told: Told, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host(tmp_path / "genesys")
    monkeypatch.delenv("GENESYS_BUILDER")
    monkeypatch.setattr(engines, "LIMIT", 0.2)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    hung = fake_engine(tmp_path / "bin", "podman", PODMAN)
    hung.does("info", "exec sleep 600")
    builder(tmp_path, f'builder = "container"\nengine = "{hung.path}"\n')
    started(loop, told)
    wants(folder, "idna==3.10\n")
    error = failed(told)
    assert f"{hung.path} hangs" in str(error) and error.command == "GENESYS_BUILDER=host"
    builder(tmp_path, 'builder = "host"\n')
    save(folder, "2")
    assert len(built(told).layers) == 1


@pytest.mark.slow
def test_an_image_that_is_missing(
    loop: Loop, told: Told, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GENESYS_BUILDER")
    builder(tmp_path, 'builder = "container"\nengine = "podman"\nimage = "localhost/nobody:1"\n')
    started(loop, told)
    wants(folder, "idna==3.10\n")
    error = failed(told)
    assert "the image localhost/nobody:1 is missing and can't be pulled" in str(error)
    assert "builder.toml" in error.todo and error.command.endswith("pull localhost/nobody:1")
    builder(tmp_path, f'builder = "container"\nengine = "podman"\nnetwork = "host"\nimage = "{STAND_IN}"\n')
    save(folder, "2")
    assert len(built(told).layers) == 1


def test_settings_that_are_wrong_are_told_and_read_anew(
    loop: Loop, told: Told, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GENESYS_BUILDER")
    started(loop, told)
    builder(tmp_path, 'builder = "cellar"\n')
    save(folder, "2")
    assert "builder can't be 'cellar'" in str(failed(told))
    builder(tmp_path, 'builder = "host"\n')
    save(folder, "3")
    told.until(BuildDone, lambda event: event.save > 0)


def test_artifacts_that_were_thrown_away_are_made_again(tmp_path: Path, world: Path) -> None:
    source = written(tmp_path / "src", {"requirements.txt": "idna==3.10\n", "app.py": HANDLER})
    with house(world / "genesys") as here:
        before = bytes_of(here.build(source), here.home)
        for path in (here.home / "artifacts").iterdir():
            path.unlink()
        assert bytes_of(here.build(source), here.home) == before


def test_a_layer_that_is_half_there_is_made_again(tmp_path: Path, world: Path) -> None:
    """As a disk leaves it that lost power."""
    source = written(tmp_path / "src", {"requirements.txt": "idna==3.10\n", "app.py": HANDLER})
    with house(world / "genesys") as here:
        before = bytes_of(here.build(source), here.home)
    [layer] = (here.home / "functions" / "layers").iterdir()
    (layer / "layer.json").write_text("")
    for path in (here.home / "artifacts").iterdir():
        path.write_bytes(b"")
    again = House(here.home)
    assert bytes_of(again.build(source), here.home) == before
    again.builds.close()


@pytest.mark.parametrize("zipped", [True, False])
def test_a_layer_whose_files_were_changed_is_not_zipped(tmp_path: Path, world: Path, zipped: bool) -> None:
    """It would be sent under the key of what was tested. `zipped`: it was before; else it was killed just then."""
    source = written(tmp_path / "src", {"requirements.txt": "idna==3.10\n", "app.py": HANDLER})
    with house(world / "genesys") as here:
        built = here.build(source)
        before = bytes_of(built, here.home)
        forgotten(here.home, zipped=zipped)
        changed = built.layers[0].folder / "python" / "idna" / "core.py"
        changed.unlink()
        changed.write_text("evil = 1\n")
        with pytest.raises(GenesysError, match="were changed on this machine"):
            here.build(source)
        assert bytes_of(here.build(source), here.home) == before


def forgotten(home: Path, *, zipped: bool = True) -> None:
    """The artifacts are gone; `zipped`: it is still known what they were."""
    for path in (home / "artifacts").iterdir():
        path.unlink()
    if not zipped:
        [record] = (home / "functions" / "layers").glob("*/layer.json")
        record.write_text(json.dumps({**json.loads(record.read_text()), "parts": []}))


def test_a_full_disk_costs_no_layer(tmp_path: Path, world: Path) -> None:
    source = written(tmp_path / "src", {"requirements.txt": "idna==3.10\n", "app.py": HANDLER})
    with house(world / "genesys") as here:
        built = here.build(source)
        before = bytes_of(built, here.home)
        forgotten(here.home)
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, limits[1]))
        try:
            with pytest.raises(GenesysError, match=r"can't be written.*File too large"):
                here.build(source)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            signal.signal(signal.SIGXFSZ, handler)
        assert (built.layers[0].folder / "python" / "idna" / "core.py").is_file()
        assert bytes_of(here.build(source), here.home) == before


def test_what_runs_here_cannot_write_into_a_layer(tmp_path: Path, world: Path) -> None:
    """Its files are those of a cache that other layers are made from. Root may still: so the modes are looked at."""
    source = written(tmp_path / "src", {"requirements.txt": "idna==3.10\n", "app.py": HANDLER})
    with house(world / "genesys", shared=False) as here:
        built = here.build(source)
        assert whole(here.home)
    files = [path for path in built.layers[0].folder.rglob("*") if path.is_file()]
    assert files and not [path for path in files if path.stat().st_mode & 0o222]
    assert {path.stat().st_mode & 0o444 for path in files} == {0o444}


# half-written ---------------------------------------------------------------------------------------------------------
NAMED = "[project]\nname = 'x'\nversion = '1'\ndependencies = ['idna']\n"
HALF_WRITTEN = [
    ("pyproject.toml", b"project = 1\n", "`project` is no table"),
    ("pyproject.toml", b"[project\n", "can't be read"),
    ("pyproject.toml", b"[project]\ndynamic = 1\n", "`project.dynamic` is no list"),
    ("pyproject.toml", f"tool = 1\n{NAMED}".encode(), "`tool` is no table"),
    ("pyproject.toml", f"{NAMED}[tool.uv]\nsources = 1\n".encode(), "`tool.uv.sources` is no table"),
    ("pyproject.toml", f"{NAMED}[tool.uv.sources]\nidna = [1]\n".encode(), "`tool.uv.sources.idna` is no table"),
    ("pyproject.toml", f"{NAMED}[tool.uv.workspace]\nmembers = ['']\n".encode(), "a member is a relative path"),
    ("pyproject.toml", b"[tool]\npoetry = 1\n", "`tool.poetry` is no table"),
    ("requirements.txt", b"=\n", "can't be resolved"),
    ("requirements.txt", b"\xff\n", "it is no UTF-8"),
    ("requirements.txt", b"-r .\n", "Is a directory"),
    ("requirements.txt", b"-e\n", "can't be resolved"),
    ("requirements.txt", b"./gone\n", "gone is not there"),
    ("main.py", b"# /// script\n# dependencies = ['\xff']\n# ///\n", "inline metadata can't be read"),
    ("main.py", b"# /// script\n# dependencies = ['idna']\n# tool = 1\n# ///\n", "`tool` is no table"),
    ("main.py", b"\x00", "null bytes"),
    ("main.py", b"x = " + b"-" * 100_000 + b"1\n", "can't be compiled: (Recursion|Memory)Error"),
    ("uv.lock", b"version = 1\n", "uv.lock can't be used"),
    ("uv.lock", b"\xff", "uv.lock can't be used"),
]


@pytest.mark.parametrize(("name", "content", "why"), HALF_WRITTEN)
def test_a_file_that_is_half_written_is_told(tmp_path: Path, world: Path, name: str, content: bytes, why: str) -> None:
    """Whatever else it raised would end the loop."""
    source = written(tmp_path / "src", {"main.py": HANDLER})
    if name == "uv.lock":
        (source / "pyproject.toml").write_text(NAMED)
    (source / name).write_bytes(content)
    with house(world / "genesys") as here, pytest.raises(GenesysError, match=why):
        here.build(source, "python3.12")
