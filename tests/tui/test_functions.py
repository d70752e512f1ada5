"""Lambda, by keys alone: the real engine and real processes; AWS is the emulator, where there is one."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

import pytest

from genesys_tui.engine.workspace import Settings, Workspace, read_stack_file
from genesys_tui.tui.app import GenesysApp
from genesys_tui.tui.engine import Engine, Where
from tests.tui.screen import Seen

REGION = "eu-west-1"
STACK = """\
provider: aws
region: eu-west-1
resources:
  serverless:
    # It answers.
    - name: answer
      type: function
      runtime: python3.11
      source: ./src  # here
  # The end.
"""
ANSWERS = "def handler(event, context):\n    return {}\n"


@pytest.fixture(scope="session")
def brought(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What AWS's Python brings, installed once for all tests."""
    return tmp_path_factory.mktemp("ric")


@pytest.fixture(autouse=True)
def home(world: Path, brought: Path) -> Path:
    """The home of Genesys."""
    functions = world / "genesys" / "functions"
    functions.mkdir(parents=True)
    (functions / "ric").symlink_to(brought)
    return world / "genesys"


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are no credentials."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A stack file, and the source of its function."""
    folder = tmp_path / "shop"
    (folder / "src").mkdir(parents=True)
    (folder / "genesys.yaml").write_text(STACK)
    save(folder, ANSWERS.format(1))
    return folder


def save(folder: Path, code: str) -> None:
    """As editors do: beside, and renamed."""
    new = folder / "src" / ".main.py.swp"
    new.write_text(code)
    new.replace(folder / "src" / "main.py")


def deploy(shop: Path, home: Path) -> None:
    """As an earlier session did."""
    workspace = Workspace(Settings(region=REGION, stack="shop", home=home))
    plan = workspace.plan(read_stack_file(shop / "genesys.yaml"))
    assert workspace.apply(plan).wait().status == "done"
    workspace.close()


@asynccontextmanager
async def bench(folder: Path, size: tuple[int, int] = (120, 40), *, read_only: bool = False) -> AsyncIterator[Seen]:
    """The app, in the Lambda mode."""
    app = GenesysApp(Engine(Where(region=REGION, stack="shop", read_only=read_only)), folder=folder)
    async with app.run_test(size=size, notifications=True) as pilot:
        seen = Seen(app, pilot)
        try:
            await seen.until(lambda: app.account.phase in ("ready", "failed", "listing"), "an account, or none")
            await seen.press("4")
            await seen.sees("New from a template")
            yield seen
        finally:
            app.leave()
    app.bench.wait(20)


@asynccontextmanager
async def working(folder: Path, size: tuple[int, int] = (120, 40), *, read_only: bool = False) -> AsyncIterator[Seen]:
    """The loop of the function of the stack file, which has answered and is watched."""
    async with bench(folder, size, read_only=read_only) as seen:
        await seen.sees("genesys.yaml", "answer", "python3.11  ./src")
        await seen.press("enter")
        await answered(seen)
        yield seen


async def answered(seen: Seen) -> None:
    """The loop has begun, and all is done that it begins with."""
    await seen.until(lambda: seen.app.bench.timeline.newest.invoked is not None, "an answer")
    await settled(seen)


async def settled(seen: Seen) -> None:
    """All is done, and no save is missed from here on."""

    def still() -> bool:
        loop = seen.app.bench.loop
        return loop is not None and loop.watching and loop.idle

    await seen.until(still, "an idle loop")


# the loop -------------------------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("aws")
async def test_a_save_answers_anew_and_a_mistake_is_shown_by_its_line(shop: Path) -> None:
    async with working(shop) as seen:
        await seen.sees("answer · python3.11 · x86_64 · ./src", "→ 1", "+ function", "waits for a", "watching 1 file")
        save(shop, ANSWERS.format("{'pages': 3}"))
        await seen.sees("main.py", '→ {"pages": 3}', '"pages": 3')
        save(shop, "def handler(event, context):\n    return (1\n")
        await seen.sees("✗ main.py:2: SyntaxError", "nothing was sent")
        save(shop, "def handler(event, context):\n    return [][1]\n")
        await seen.sees("answer ✗ main.py:2  IndexError: list index out of range", "✗ failed", "return [][1]")
        save(shop, ANSWERS.format("'well'"))
        await seen.sees('→ "well"', "✗ main.py:2: SyntaxError")


@pytest.mark.usefixtures("aws")
async def test_live_sends_each_save_and_one_key_brings_the_code_of_before(shop: Path, home: Path) -> None:
    deploy(shop, home)
    async with working(shop) as seen:
        await seen.sees("nothing to send", "live ○")
        await seen.press("l")
        await seen.sees("live ●")
        save(shop, ANSWERS.format(2))
        await seen.sees("→ 2", "~ code only", "● live in")
        await seen.press("z")
        await seen.sees("● the code of before is back", "live ○")


@pytest.mark.usefixtures("aws")
async def test_a_wider_plan_is_applied_by_a_key_and_a_yes(shop: Path) -> None:
    async with working(shop) as seen:
        await seen.press("l")
        await seen.sees("live ●", "waits for a")
        await seen.press("a")
        await seen.sees("Apply 3 changes?", "+ 3 to create")
        await seen.press("n")
        await seen.sees("waits for a")
        await seen.press("a", "y")
        await seen.sees("● applied in")
        await settled(seen)
        await seen.press("3")
        await seen.sees("Nothing to do")


@pytest.mark.usefixtures("aws")
async def test_read_only_nothing_is_sent(shop: Path, home: Path) -> None:
    deploy(shop, home)
    save(shop, ANSWERS.format(2))
    async with working(shop, read_only=True) as seen:
        await seen.sees("→ 2", "~ code only")
        for key in ("l", "a", "z"):
            await seen.press(key)
            await seen.sees("Read-only: nothing is sent")
        await settled(seen)
        assert not seen.app.bench.live
        await seen.sees_no("● live", "Apply 1")


@pytest.mark.usefixtures("alone")
async def test_without_an_account_it_is_built_and_run(shop: Path) -> None:
    app = GenesysApp(Engine(Where(region=REGION, stack="shop")), folder=shop)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        seen = Seen(app, pilot)
        await seen.sees("No AWS account to look at yet", "4  write a function")
        await seen.press("4")
        await seen.sees("python3.11  ./src")
        await seen.press("enter")
        await seen.sees("→ 1", "none without an account")
        await settled(seen)
        save(shop, ANSWERS.format(2))
        await seen.sees("→ 2")
        app.leave()
    app.bench.wait(20)


@pytest.mark.usefixtures("alone")
async def test_what_code_writes_is_shown_not_obeyed(shop: Path) -> None:
    save(shop, "def handler(event, context):\n    print('[/b] \\x1b[31m')\n    return '[red]\\x07 \\u202e'\n")
    async with alone_with(shop) as seen:
        await seen.sees('→ "[red]', "[/b] ␛[31m", "log  of this machine")
        assert "\x1b" not in seen.text
        assert "\u202e" not in seen.text


@pytest.mark.usefixtures("alone")
async def test_leaving_ends_the_process_of_the_code(shop: Path) -> None:
    save(shop, "import os\n\n" + ANSWERS.format("os.getpid()"))
    async with alone_with(shop) as seen:
        invoked = seen.app.bench.timeline.newest.invoked
        assert invoked is not None
        process = invoked.answer.payload
        assert isinstance(process, int)
        os.kill(process, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


@asynccontextmanager
async def alone_with(shop: Path, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Seen]:
    """The loop of the shop's function, without an account."""
    app = GenesysApp(Engine(Where(region=REGION, stack="shop")), folder=shop)
    async with app.run_test(size=size, notifications=True) as pilot:
        seen = Seen(app, pilot)
        try:
            await seen.sees("4  write a function")
            await seen.press("4")
            await seen.sees("python3.11  ./src")
            await seen.press("enter")
            await answered(seen)
            yield seen
        finally:
            app.leave()
    app.bench.wait(20)


@pytest.mark.usefixtures("alone")
async def test_the_event_is_chosen_written_and_kept(shop: Path) -> None:
    save(shop, ANSWERS.format("sorted(event)"))
    async with alone_with(shop) as seen:
        await seen.sees("→ []", "event  empty")
        await seen.press("E")
        await seen.sees("schedule", "sqs")
        await seen.type("sq")
        await seen.press("enter")
        await seen.sees('→ ["Records"]', "event  sqs")
        await seen.press("E")
        await seen.type('{"x": [1]}')
        await seen.press("enter")
        await seen.sees('→ ["x"]', "event  written")
        await seen.press("S")
        await seen.type("mine")
        await seen.press("enter")
        await seen.sees("Kept as")
        assert (shop / "src" / ".genesys" / "events" / "mine.json").is_file()
        await seen.press("E")
        await seen.sees("mine")
        await seen.type('{"x')
        await seen.press("enter")
        await seen.sees("the event is no JSON")


@pytest.mark.usefixtures("alone")
async def test_the_editor_opens_where_the_mistake_is(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    async with alone_with(shop) as seen:
        monkeypatch.setattr("genesys_tui.tui.frame.subprocess.run", lambda command, **_: started.append(command))
        monkeypatch.setattr(GenesysApp, "suspend", lambda _: nullcontext())
        monkeypatch.setenv("EDITOR", "vim")
        monkeypatch.delenv("VISUAL", raising=False)
        await seen.press("e")
        await seen.until(lambda: len(started) == 1)
        save(shop, "def handler(event, context):\n    return (1\n")
        await seen.sees("✗ main.py:2")
        await seen.press("e")
        await seen.until(lambda: len(started) == 2)
    assert started == [["vim", str(shop / "src" / "main.py")], ["vim", "+2", str(shop / "src" / "main.py")]]


@pytest.mark.usefixtures("alone")
async def test_the_pane_opens_with_enter_where_there_is_no_room_for_it(shop: Path) -> None:
    async with alone_with(shop, (80, 24)) as seen:
        await seen.sees_no("log  of this machine")
        await seen.press("enter")
        await seen.sees("event  empty", "log  of this machine", "esc back")
        await seen.press("escape")
        await seen.sees("as it is")


@pytest.mark.usefixtures("alone")
async def test_a_stack_file_that_is_wrong_is_told_and_mended(shop: Path) -> None:
    async with alone_with(shop) as seen:
        (shop / "genesys.yaml").write_text(STACK.replace("python3.11", "cobol"))
        await seen.sees("genesys.yaml  (configuration)", "nothing was sent", "genesys.yaml:8")
        (shop / "genesys.yaml").write_text(STACK)
        await seen.until(lambda: seen.app.bench.timeline.newest.built is not None, "a build")


# the wizard -----------------------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_three_times_enter_is_a_function_that_answers(tmp_path: Path, size: tuple[int, int]) -> None:
    async with bench(tmp_path, size) as seen:
        await seen.press("enter")
        await seen.sees("What is it called?", "hello")
        await seen.press("enter")
        await seen.sees("What starts it?", "nothing yet", "a URL of its own", "kept in no file")
        await seen.press("enter")
        await seen.sees("→ 200", "It works", "waits for a", "live ○")
        assert (tmp_path / "hello" / "lambda_function.py").is_file()
        assert not (tmp_path / "genesys.yaml").exists()


@pytest.mark.usefixtures("aws")
async def test_what_is_chosen_becomes_an_entry_of_the_stack_file(shop: Path) -> None:
    async with bench(shop) as seen:
        await seen.sees("python3.11  ./src")
        await seen.press("j")
        await seen.sees("‹ python3.1")
        await seen.press("enter")
        await seen.sees("What is it called?")
        await seen.press("enter")
        await seen.sees("It becomes an entry of genesys.yaml")
        await seen.press("j", "enter")
        await seen.sees("Pages that may call it")
        await seen.press("enter")
        await seen.sees("Hello, world", "event  url", "+ function")
        written = (shop / "genesys.yaml").read_text()
        assert "# It answers." in written
        assert "# The end." in written
        wanted = {one.name: one.spec for one in read_stack_file(shop / "genesys.yaml").resources}
        assert wanted.keys() == {"answer", "hello"}
        assert wanted["hello"]["source"] == "./hello"
        await seen.press("w")
        await seen.sees("Which function?", "hello", "answer")
        await seen.press("escape")
        await seen.sees("Hello, world")


@pytest.mark.usefixtures("aws")
async def test_something_more_starts_the_function(shop: Path) -> None:
    save(shop, ANSWERS.format("sorted(event)"))
    async with working(shop) as seen:
        await seen.press("t")
        await seen.sees("What starts it?", "a queue")
        await seen.press("j", "j", "enter")
        await seen.sees("The queue", "answer-jobs")
        await seen.press("enter")
        await seen.sees('→ ["Records"]', "genesys.yaml  (configuration)", "+ queue")
        assert (
            "      source: ./src  # here\n      triggers:\n        - type: queue\n"
            in (shop / "genesys.yaml").read_text()
        )


@pytest.mark.usefixtures("alone")
async def test_a_folder_is_opened_and_a_wrong_one_refused(tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "app.py").write_text(ANSWERS.format("'found'"))
    async with wizard_alone(tmp_path) as seen:
        await seen.press("j", "j", "j", "enter")
        await seen.sees("In which folder is its code?")
        await seen.type("nowhere")
        await seen.press("enter")
        await seen.sees("✗ there is no")
        await seen.press(*["backspace"] * len("nowhere"))
        await seen.type("code")
        await seen.press("enter")
        await seen.sees("What is it called?", "code")
        await seen.press("enter")
        await seen.sees("What starts it?")
        await seen.press("enter")
        await seen.sees('→ "found"')


@pytest.mark.usefixtures("alone")
async def test_the_way_back_leads_through_each_step(tmp_path: Path) -> None:
    async with wizard_alone(tmp_path) as seen:
        await seen.press("enter")
        await seen.sees("What is it called?")
        await seen.type("Bad name!")
        await seen.press("enter")
        await seen.sees("What starts it?")
        await seen.press("enter")
        await seen.sees("✗", "can't be named", "letters, digits")
        await seen.press("escape")
        await seen.sees("What is it called?")
        await seen.press("escape")
        await seen.sees("Which function?")
        assert not list(tmp_path.glob("*/lambda_function.py"))


@pytest.mark.usefixtures("aws")
async def test_the_code_of_a_function_of_the_account_is_pulled(
    shop: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(shop, home)
    [code] = [path.read_bytes() for path in (home / "artifacts").iterdir()]
    # The emulator gives an address of AWS's own.
    monkeypatch.setattr("genesys_tui.engine.functions.deployed._fetched", lambda name, place: code)  # noqa: ARG005
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    async with bench(folder) as seen:
        await seen.sees("1 in this account")
        await seen.press("G")
        await seen.sees("▸ of the account")
        await seen.press("enter")
        await seen.sees("Pull the code of which function?", "answer")
        await seen.press("enter")
        await seen.sees("→ 1", "nothing to send")
        assert (folder / "answer" / "main.py").read_text() == ANSWERS.format(1)


@asynccontextmanager
async def wizard_alone(folder: Path) -> AsyncIterator[Seen]:
    """The wizard, without an account."""
    app = GenesysApp(Engine(Where(region=REGION, stack="shop")), folder=folder)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        seen = Seen(app, pilot)
        try:
            await seen.sees("4  write a function")
            await seen.press("4")
            await seen.sees("New from a template", "▸ Python")
            yield seen
        finally:
            app.leave()
    app.bench.wait(20)
