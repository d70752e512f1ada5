"""Commands run on this machine, end when they are told to, and see nothing of the account."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from genesys_tui.engine.functions.workshop.host import Host
from genesys_tui.engine.functions.workshop.workshop import CommandError, StoppedError
from genesys_tui.engine.model.errors import GenesysError


@pytest.fixture
def shop(tmp_path: Path) -> Host:
    return Host(tmp_path / "functions")


def script(text: str) -> list[str]:
    return ["sh", "-c", text]


def ended(pid: int) -> bool:
    """Whether a process is gone, or only waits to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def wait_for(condition: Callable[[], bool], limit: float = 20) -> None:
    end = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < end
        threading.Event().wait(0.01)


def test_it_says_what_a_command_said(shop: Host, tmp_path: Path) -> None:
    assert shop.run(script("echo hello; echo aside >&2")) == "hello\n"
    assert shop.run(["pwd"], folder=tmp_path) == f"{tmp_path}\n"
    assert shop.run(["pwd"]) == f"{shop.folder}\n"
    assert shop.run(script("echo $WORD"), env={"WORD": "yes"}) == "yes\n"
    assert shop.run(script("printf '\\377'")) == "\N{REPLACEMENT CHARACTER}"


def test_much_is_said_on_both_sides(shop: Host) -> None:
    """More than a pipe holds, so both have to be read as they come."""
    write = f"import sys; [f.write('x' * {1 << 20}) for f in (sys.stderr, sys.stdout)]"
    assert len(shop.run([sys.executable, "-c", write])) == 1 << 20


def test_a_failure_says_why(shop: Host) -> None:
    with pytest.raises(CommandError, match=r"sh failed \(exit code 3\): it broke") as caught:
        shop.run(script("echo fine; echo it broke >&2; exit 3"))
    assert (caught.value.code, caught.value.said) == (3, "it broke\n")


def test_what_is_not_there_is_named(shop: Host) -> None:
    with pytest.raises(GenesysError, match="no-such-command can't be started"):
        shop.run(["no-such-command"])


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(GenesysError, match="can't be made") as caught:
        Host(tmp_path / "file" / "functions").run(["true"])
    assert "GENESYS_HOME" in caught.value.todo


def test_it_sees_nothing_of_the_account(shop: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://example.com/simple")
    seen = dict(line.split("=", 1) for line in shop.run(["env"]).splitlines())
    assert [name for name in seen if name.startswith(("AWS_", "GENESYS_"))] == []
    assert seen["PATH"] == os.environ["PATH"]
    assert seen["PIP_INDEX_URL"] == "https://example.com/simple"


def test_a_stop_kills_all_that_was_started(shop: Host, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    failures: list[Exception] = []

    def work() -> None:
        try:
            shop.run(script(f"trap '' TERM; sleep 600 & echo $! $$ > {pids}.new; mv {pids}.new {pids}; wait"))
        except StoppedError as error:
            failures.append(error)

    worker = threading.Thread(target=work)
    worker.start()
    wait_for(pids.exists)
    shop.stop.set()
    worker.join(20)
    assert len(failures) == 1
    wait_for(lambda: all(ended(int(pid)) for pid in pids.read_text().split()))


def test_nothing_starts_after_a_stop(shop: Host, tmp_path: Path) -> None:
    shop.stop.set()
    with pytest.raises(StoppedError):
        shop.run(["touch", str(tmp_path / "started")])
    assert not (tmp_path / "started").exists()


def test_what_hangs_is_ended(shop: Host) -> None:
    with pytest.raises(GenesysError, match=r"sleep was ended: it was not done within 0\.05 seconds"):
        shop.run(["sleep", "600"], limit=0.05)


def test_one_that_keeps_the_line_open_is_ended_too(shop: Host, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    with pytest.raises(GenesysError, match="sh was ended"):
        shop.run(script(f"sleep 600 & echo $! > {pid}"), limit=0.3)
    wait_for(lambda: ended(int(pid.read_text())))


def test_the_cache_is_ours_alone(shop: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a virtual environment changes of its files, it changes in the cache that they are linked to."""
    monkeypatch.setenv("UV_CACHE_DIR", "/elsewhere")
    assert shop.run([shop.uv(), "cache", "dir"]) == f"{shop.folder / 'cache' / 'uv'}\n"


def test_uv_is_ours(shop: Host) -> None:
    assert shop.run([shop.uv(), "--version"]).startswith("uv ")


def test_its_identity_is_of_the_machine(shop: Host) -> None:
    assert os.uname().machine.lower() in shop.identity()
    assert shop.identity() == Host(shop.folder / "other").identity()
