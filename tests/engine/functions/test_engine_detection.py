"""Which container engine is used, what is peculiar to it, and what is said of one that can't be used."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from genesys_tui.engine.functions.workshop import engine as engines
from genesys_tui.engine.functions.workshop.engine import EngineError, find_engine, probe
from genesys_tui.engine.functions.workshop.quirks import docker_options, podman_options
from genesys_tui.engine.functions.workshop.workshop import StoppedError
from tests.engine.functions.containers import DOCKER, IMAGE, PODMAN, ends, fake_engine

needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="on a Mac engines are in a virtual machine")


@pytest.fixture
def bin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH without any engine of this machine."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_podman_comes_before_docker_and_docker_before_finch(bin: Path) -> None:
    fake_engine(bin, "finch", DOCKER)
    assert find_engine().name == "finch"
    fake_engine(bin, "docker", DOCKER)
    assert (find_engine().name, find_engine().version) == ("docker", "28.2.2")
    fake_engine(bin, "podman", PODMAN)
    assert (find_engine().name, find_engine().version) == ("podman", "5.2.0")
    assert find_engine("docker").name == "docker"


def test_a_docker_that_is_podman_is_taken_for_what_it_is(bin: Path) -> None:
    fake_engine(bin, "docker", PODMAN)
    assert find_engine("docker").name == "podman"


def test_the_next_engine_is_taken_where_one_can_not_be_used(bin: Path) -> None:
    fake_engine(bin, "podman", PODMAN).does("info", "echo broken >&2; exit 125")
    fake_engine(bin, "docker", DOCKER)
    assert find_engine().name == "docker"


@pytest.mark.usefixtures("bin")
def test_no_engine_at_all() -> None:
    with pytest.raises(EngineError, match="no podman or docker or finch") as caught:
        find_engine()
    assert caught.value.command == "GENESYS_BUILDER=host"


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is it running?", "docker"),
        ("permission denied while trying to connect to the Docker daemon socket", "usermod"),
    ],
)
def test_a_daemon_that_is_not_there_for_us(bin: Path, said: str, command: str) -> None:
    fake_engine(bin, "docker", "").does("info", f"echo '{{\"ServerVersion\":\"\"}}'; echo '{said}' >&2; exit 1")
    with pytest.raises(EngineError, match=r"docker can't be used") as caught:
        find_engine()
    assert said in caught.value.why
    assert command in caught.value.command.lower()


def test_an_old_docker_tells_of_its_daemon_in_its_answer(bin: Path) -> None:
    fake_engine(bin, "docker", {"ServerErrors": ["Cannot connect to the Docker daemon"]})
    with pytest.raises(EngineError, match="Cannot connect"):
        find_engine()


def test_each_engine_that_can_not_be_used_is_told_of(bin: Path) -> None:
    fake_engine(bin, "podman", "").does("info", "echo no machine >&2; exit 125")
    fake_engine(bin, "docker", "").does("info", "echo no daemon >&2; exit 1")
    with pytest.raises(EngineError, match=r"podman can't be used: no machine; docker can't be used: no daemon"):
        find_engine()


def test_an_engine_that_hangs_is_left_behind(bin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "LIMIT", 0.1)
    fake = fake_engine(bin, "docker", "")
    fake.does("info", f"/bin/sleep 60 & echo $! >{fake.folder}/pid; wait")
    with pytest.raises(EngineError, match=r"docker hangs: no answer in 0.1 seconds"):
        find_engine()
    assert ends(int((fake.folder / "pid").read_text()))


@pytest.mark.parametrize("answer", ["{", "[]", '{"Architecture": "riscv64"}', '{"Architecture": "x86_64"}garbage'])
def test_what_no_engine_would_answer(bin: Path, answer: str) -> None:
    fake_engine(bin, "docker", answer)
    with pytest.raises(EngineError):
        find_engine()


def test_an_image_that_is_there(bin: Path) -> None:
    fake_engine(bin, "docker", DOCKER)
    image = find_engine().image("mine:1")
    assert image
    assert (image.name, image.id, image.architecture) == ("mine:1", "ab" * 32, "x86_64")


def test_an_image_is_pulled_with_progress(bin: Path) -> None:
    fake = fake_engine(bin, "docker", DOCKER)
    (fake.folder / "image").unlink()
    fake.does(
        "pull",
        f"printf 'layer 1\\rlayer 2\\n'; echo '[{str(dict(IMAGE)).replace(chr(39), chr(34))}]' >{fake.folder}/image",
    )
    told: list[str] = []
    assert find_engine().image("mine:1") is None
    assert find_engine().pull("mine:1", "x86_64", told.append, lambda: False).id == "ab" * 32
    assert told == ["pulling mine:1", "mine:1: layer 1", "mine:1: layer 2"]
    assert "pull --platform linux/amd64 mine:1" in fake.asked


def test_an_image_that_can_not_be_pulled(bin: Path) -> None:
    fake = fake_engine(bin, "docker", DOCKER)
    fake.does("pull", "echo no such host >&2; exit 125")
    with pytest.raises(EngineError, match=r"the image mine:1 is missing and can't be pulled: no such host") as caught:
        find_engine().pull("mine:1", "x86_64", print, lambda: False)
    assert caught.value.command == f"{fake.path} pull mine:1"


def test_pulling_can_be_stopped(bin: Path) -> None:
    fake = fake_engine(bin, "docker", DOCKER)
    fake.does("pull", "echo begun; exec /bin/sleep 60")
    told: list[str] = []
    with pytest.raises(StoppedError):
        find_engine().pull("mine:1", "x86_64", told.append, lambda: len(told) == 2)


def test_a_native_architecture_is_run_without_asking(bin: Path) -> None:
    fake_engine(bin, "docker", {**DOCKER, "Architecture": "aarch64"})
    engine = find_engine()
    assert engine.architecture == "arm64"
    assert engine.runs("arm64")


@needs_linux
@pytest.mark.parametrize(
    ("security", "options"),
    [
        ([], ["--user", f"{os.getuid()}:{os.getgid()}"]),
        (["name=rootless"], []),
        (["name=userns"], ["--user", f"{os.getuid()}:{os.getgid()}", "--userns", "host"]),
        (["name=rootless", "name=selinux"], ["--security-opt", "label=disable"]),
    ],
)
def test_files_that_docker_writes_are_ours(security: list[str], options: list[str]) -> None:
    assert list(docker_options({"SecurityOptions": security})) == options


@needs_linux
def test_quirks_of_podman(bin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def host(**more: Any) -> Mapping[str, Any]:
        return {**PODMAN["host"], **more}

    monkeypatch.setattr("genesys_tui.engine.functions.workshop.quirks._hybrid", lambda: False)
    assert podman_options(host()) == ()
    assert podman_options(host(security={"rootless": True, "selinuxEnabled": True})) == (
        "--security-opt",
        "label=disable",
    )
    rootful = podman_options(host(security={"rootless": False}))
    assert [word.partition("=")[0] for word in rootful] == ["--ulimit", "nofile", "--ulimit", "nproc"]
    assert podman_options(host(security={"rootless": False}, serviceIsRemote=True)) == ()
    monkeypatch.setattr("genesys_tui.engine.functions.workshop.quirks._hybrid", lambda: True)
    assert podman_options(host()) == ()
    fake_engine(bin, "runc", "")
    assert podman_options(host()) == ("--runtime", "runc")
    assert podman_options(host(ociRuntime={"name": "runc"})) == ()


def test_a_path_that_is_no_program(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="can't be run"):
        probe(str(tmp_path))
    with pytest.raises(EngineError, match="there is no"):
        find_engine(str(tmp_path / "nothing"))
