"""However code is saved, the last text is built; and an app that is killed amid saves leaves nothing half applied."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from zipfile import ZipFile

import boto3
import pytest

from genesys_tui.engine.functions.loop import Loop
from genesys_tui.engine.model.loop import BuildDone, Failed
from genesys_tui.engine.model.source_error import SourceError
from genesys_tui.engine.workspace import Settings, Workspace, read_stack_file
from tests.engine.functions.projects import written
from tests.engine.functions.test_build_faults import loop
from tests.engine.functions.test_limits_of_code import in_memory, workspace
from tests.engine.functions.test_loop import (
    CODE,
    REGION,
    Told,
    code_there,
    deployed,
    folder,
    save,
    started,
    told,
    until,
)
from tests.engine.functions.whole_builds import eventually, house
from tests.faults import FaultProxy

__all__ = ["folder", "in_memory", "loop", "told", "workspace"]


def test_a_syntax_error_uploads_nothing(loop: Loop, told: Told, folder: Path, proxy: FaultProxy) -> None:
    deployed(loop, told)
    loop.live = True
    proxy.clear()
    (folder / "src" / "other.py").write_text("x = 1\n\nif x\n    y = 2\n")
    error = told.until(Failed).error
    assert isinstance(error, SourceError)
    assert (str(error.file), error.line) == ("other.py", 3)
    until(lambda: loop.idle)
    assert proxy.requests == []


def in_vim(path: Path, text: str) -> None:
    """Keeps the old one as a backup until the new one is written."""
    backup = path.with_name(f"{path.name}~")
    path.with_name("4913").touch()
    path.with_name("4913").unlink()
    path.rename(backup)
    path.write_text(text)
    backup.unlink()


def in_emacs(path: Path, text: str) -> None:
    """Locks it by a link to nowhere, saves aside by itself, and keeps a backup for good."""
    lock = path.with_name(f".#{path.name}")
    lock.symlink_to("me@here.1234")
    path.with_name(f"#{path.name}#").write_text(text)
    shutil.copyfile(path, path.with_name(f"{path.name}~"))
    path.write_text(text)
    path.with_name(f"#{path.name}#").unlink()
    lock.unlink()


def in_an_ide(path: Path, text: str) -> None:
    """Writes aside, moves the old one away, and the new one in its place."""
    new, old = path.with_name(f"{path.name}___jb_tmp___"), path.with_name(f"{path.name}___jb_old___")
    new.write_text(text)
    path.rename(old)
    new.rename(path)
    old.unlink()


def in_two_writes(path: Path, text: str) -> None:
    with path.open("w") as file:
        for char in text:
            file.write(char)
            file.flush()


def by_a_link(path: Path, text: str) -> None:
    """As deployments on a disk do: what it is lies in a folder of its own."""
    real = path.with_name("current.txt")
    real.write_text(text)
    link = path.with_name("new-link")
    link.symlink_to(real.name)
    link.replace(path)


@pytest.mark.parametrize("edit", [in_vim, in_emacs, in_an_ide, in_two_writes, by_a_link])
def test_however_an_editor_saves_the_last_text_is_built(
    loop: Loop, told: Told, folder: Path, workspace: Workspace, edit: Callable[[Path, str], None]
) -> None:
    started(loop, told)
    text = CODE.format("'changed'")
    edit(folder / "src" / "main.py", text)
    built = until_built(loop, told, workspace, "main.py", text)
    assert set(built) <= {"main.py", "current.txt"}, "it sends what the editor left"


def until_built(loop: Loop, told: Told, workspace: Workspace, name: str, text: str) -> dict[str, str]:
    """What is in the newest artifact, once that holds this text."""
    while True:
        digest = told.until(BuildDone, lambda event: event.save > 0).built.sha256
        with ZipFile(workspace.functions.home / "artifacts" / digest) as zip:
            files = {one: zip.read(one).decode() for one in zip.namelist()}
        if files.get(name) == text:
            until(lambda: loop.idle)
            if not any(isinstance(event, BuildDone) and event.built.sha256 != digest for event in after(told)):
                return files


def after(told: Told) -> list[object]:
    """What was told since somebody looked."""
    seen = len(told.all)
    return list(told.drained()[seen:])


def test_a_source_that_is_deleted_and_written_anew(loop: Loop, told: Told, folder: Path, workspace: Workspace) -> None:
    started(loop, told)
    for number in range(3):
        shutil.rmtree(folder / "src")
        told.until(Failed, lambda event: "not there" in str(event.error))
        text = CODE.format(f"'back {number}'")
        written(folder / "src", {"main.py": text, "pkg/deep.py": f"N = {number}\n"})
        until_built(loop, told, workspace, "main.py", text)
    (folder / "src" / "pkg" / "deep.py").write_text("N = 'watched'\n")
    until_built(loop, told, workspace, "pkg/deep.py", "N = 'watched'\n")


@pytest.mark.slow
@pytest.mark.usefixtures("in_memory")
def test_a_checkout_of_5000_files(loop: Loop, told: Told, folder: Path, workspace: Workspace) -> None:
    """Thousands of files change, go and come at once; some builds come of it, the last of them right."""

    def commit(branch: str, number: int) -> None:
        shutil.rmtree(folder / "src")
        files = {
            f"pkg{one % 50}/m{one}_{number if one % 10 == 0 else 0}.py": f"N = {number * 10_000 + one}\n"
            for one in range(5000)
        }
        written(folder / "src", {"main.py": CODE.format(number), **files})
        git("checkout", "-q", "-b", branch)
        git("add", "-A")
        git("commit", "-q", "-m", branch)

    def git(*words: str) -> None:
        who = ("-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "gc.auto=0")
        subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)

    git("init", "-q")
    commit("one", 1)
    commit("two", 2)
    started(loop, told)
    for branch, number in (("one", 1), ("two", 2)):
        git("checkout", "-q", branch)
        fresh = latest(workspace, folder)
        builds = [told.until(BuildDone, lambda event: event.save > 0)]
        while builds[-1].built.sha256 != fresh:
            builds.append(told.until(BuildDone))
        until(lambda: loop.idle)
        assert len(builds) < 50
        assert [event.built.sha256 for event in after(told) if isinstance(event, BuildDone)] in ([], [fresh])
        with ZipFile(workspace.functions.home / "artifacts" / fresh) as zip:
            assert len(zip.namelist()) == 5001
            assert zip.read("main.py").decode() == CODE.format(number)


def latest(workspace: Workspace, folder: Path) -> str:
    """The artifact of what is there now, by builds of their own."""
    with house(workspace.functions.home, shared=False) as other:
        return other.build(folder / "src", "python3.11").sha256


# a killed app ---------------------------------------------------------------------------------------------------------
_DEV = """
import sys
from pathlib import Path
from genesys_tui.engine.model.loop import Deployed
from genesys_tui.engine.workspace import Settings, Workspace, read_stack_file
file, home, endpoint, region = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]
workspace = Workspace(Settings(region=region, endpoint=endpoint, stack="shop", home=home))
subject = workspace.functions.subject("answer", lambda: read_stack_file(file), file)
def told(event):
    print(type(event).__name__, event.record.id if isinstance(event, Deployed) else "", flush=True)
workspace.functions.loop(subject, told, print, live=True).start()
sys.stdin.read()
"""


@contextmanager
def app(folder: Path, home: Path, endpoint: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """An app with a live loop, once it watches, and what it told; it is killed at the end."""
    command = [sys.executable, "-c", _DEV, str(folder / "genesys.yaml"), str(home), endpoint, REGION]
    env = os.environ | {"PYTHONPATH": str(Path.cwd())}
    lines: list[str] = []
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            if line.startswith("Planned"):
                break
        yield process, lines
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.read().splitlines()


@pytest.mark.slow
def test_an_app_that_is_killed_amid_200_edits_leaves_nothing_half_applied(
    aws: str, folder: Path, tmp_path: Path
) -> None:
    """Five times: forty edits, and a kill somewhere among them. Then a plan says what is left, and an apply does it."""
    home, dice = tmp_path / "genesys", random.Random(int(os.environ.get("GENESYS_SEED", "11")))
    applied(home, aws, folder)
    known: set[str] = set()
    left = 0
    for round in range(5):
        with app(folder, home, aws) as (process, lines):
            kill = dice.randrange(40)
            for number in range(40):
                save(folder, f"'{round}.{number}'")
                if number == kill:
                    before = code_of(aws)
                    eventually(partial(changed, aws, before), dice.choice((0.02, 0.1, 0.3, 2)))
                    process.kill()
                elif dice.random() < 0.2:
                    eventually(lambda: process.poll() is not None, 0.05)
        known |= {line.split()[1] for line in lines if line.startswith("Deployed")}
        left += applied(home, aws, folder)
    assert left, "nothing was ever left to do: it was never killed in time"
    workspace = Workspace(Settings(region=REGION, endpoint=aws, stack="shop", home=home))
    records = workspace.history()
    workspace.close()
    assert known <= {record.id for record in records}
    assert {record.status for record in records} <= {"done", "interrupted"}


def applied(home: Path, endpoint: str, folder: Path) -> bool:
    """Whether there was something left; the account then has the code of the folder, and a plan finds nothing more."""
    workspace = Workspace(Settings(region=REGION, endpoint=endpoint, stack="shop", home=home))
    try:
        plan = workspace.plan(read_stack_file(folder / "genesys.yaml"))
        if plan.steps:
            assert workspace.apply(plan).wait().status == "done"
        assert workspace.plan(read_stack_file(folder / "genesys.yaml")).steps == ()
        assert b64decode(code_there(workspace)).hex() == latest(workspace, folder)
        return bool(plan.steps)
    finally:
        workspace.close()


def changed(endpoint: str, before: str) -> bool:
    return code_of(endpoint) != before


def code_of(endpoint: str) -> str:
    """The code that the function has, read from the account itself."""
    client = boto3.client("lambda", region_name=REGION, endpoint_url=endpoint)
    return str(client.get_function_configuration(FunctionName="answer")["CodeSha256"])
