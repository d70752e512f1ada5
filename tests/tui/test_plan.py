"""Plan, apply and undo, by keys alone."""

import json
import threading
from contextlib import nullcontext, redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path

import boto3
import pytest

from genesys_tui.cli.main import main
from genesys_tui.engine.model.errors import CallError, MovedError
from genesys_tui.engine.model.plan import Finding, Reversal
from genesys_tui.tui.app import GenesysApp
from genesys_tui.tui.engine import Engine, Where
from tests.tui.fake_workspace import FakeEngine, FakeWorkspace, company, create_step, delete_step
from tests.tui.screen import Seen, opened


async def say(seen: Seen, words: str) -> None:
    await seen.press("colon")
    await seen.type(words)
    await seen.press("enter")


async def planned(seen: Seen, words: str = "bucket my-data") -> None:
    await seen.sees("123456789012")
    await say(seen, words)
    await seen.sees("review")


async def test_nothing_planned_says_what_to_type(tmp_path: Path) -> None:
    async with opened(FakeWorkspace(company()), tmp_path) as seen:
        await seen.press("3")
        await seen.sees("Nothing is planned", ": bucket my-first-bucket", "genesys.yaml")


async def test_words_become_a_plan_an_apply_and_its_undo(tmp_path: Path) -> None:
    workspace = FakeWorkspace(company())
    async with opened(workspace, tmp_path) as seen:
        await planned(seen)
        await seen.sees(
            "3 Plan ±1",
            "+ create",
            "bucket.my-data",
            "1 Create S3 bucket 'my-data'",
            "→ Store your application data securely",
            "s3:PutBucketVersioning",
            "~$0.023/GB per month",
            "$2.10",
            "all reversible",
            "bucket has no expiry rule",
        )
        await seen.press("enter")
        await seen.sees("s3:CreateBucket", '"Bucket": "my-data"', "‹id of an earlier call›", "dev → prod", "– → on")
        await seen.press("escape", "a")
        await seen.sees("Apply 1 change?", "enter or y: apply")
        await seen.press("y")
        await seen.sees("✓ done", "✓ Done", "u previews the undo")
        await seen.until(lambda: seen.app.account.phase == "ready")
        await seen.press("u")
        await seen.sees("- delete", "loses data", "214 objects are in it")
        assert len(workspace.records) == 1
        await seen.press("a")
        await seen.sees("Type  bucket.my-data  to apply")
        await seen.type("bucket.my-dat")
        await seen.press("enter")
        await seen.sees("That is not it")
        await seen.type("a")
        await seen.press("enter")
        await seen.sees("✓ done")
        assert [record.undoes for record in workspace.records] == [None, "x1"]
        await seen.press("5")
        await seen.sees("x2", "Undo", "Deploy bucket my-data")


async def test_a_refused_question_applies_nothing(tmp_path: Path) -> None:
    workspace = FakeWorkspace()
    async with opened(workspace, tmp_path) as seen:
        await planned(seen)
        await seen.press("a", "escape", "a", "n")
        workspace.steps = (delete_step("bucket.old"),)
        await seen.press("r")
        await seen.sees("loses data")
        await seen.press("a")
        await seen.sees("Type  bucket.old")
        await seen.press("y", "enter", "escape")
        await seen.sees("review")
        assert workspace.records == []


async def test_progress_stands_on_the_same_rows(tmp_path: Path) -> None:
    workspace = FakeWorkspace()
    workspace.steps = (create_step("bucket.a"), create_step("network.main", "bucket.a"))
    workspace.hold = threading.Event()
    async with opened(workspace, tmp_path) as seen:
        await planned(seen)
        before = [line[:60].strip(" ▸") for line in seen.text.split("\n") if "'a'" in line or "network.main" in line]
        rows = [number for number, line in enumerate(seen.text.split("\n")) if "'main'" in line]
        await seen.press("a", "y")
        await seen.sees("▸ waiting for the bucket to exist 3 s", "· waits for bucket.a", "applying")
        assert [number for number, line in enumerate(seen.text.split("\n")) if "'main'" in line] == rows
        assert before[0][:30] in seen.text
        workspace.hold.set()
        await seen.sees("✓ 1.2 s", "✓ done")
        assert [number for number, line in enumerate(seen.text.split("\n")) if "'main'" in line] == rows


async def test_a_denied_step_stops_what_depends_on_it_and_says_how_to_go_on(tmp_path: Path) -> None:
    workspace = FakeWorkspace()
    workspace.steps = (create_step("bucket.a"), create_step("network.main", "bucket.a"), create_step("bucket.c"))
    workspace.fails["bucket.a"] = CallError(
        "s3:CreateBucket",
        "denied",
        "AccessDenied",
        "[/x] not authorized",
        action="s3:CreateBucket",
        todo="ask for this action",
        command="aws iam list-attached-user-policies",
    )
    async with opened(workspace, tmp_path) as seen:
        await planned(seen)
        await seen.press("a", "y")
        await seen.sees(
            "✗ access denied, s3:CreateBucket is missing", "⊘ not done: bucket.a", "Failed  1", "Not done  1"
        )
        await seen.sees("r plans what remains")
        await seen.press("enter")
        await seen.sees("[/x] not authorized", "→ ask for this action", "$ aws iam list-attached-user-policies")


async def test_cancelling_an_apply_asks_first(tmp_path: Path) -> None:
    workspace = FakeWorkspace()
    workspace.hold = threading.Event()
    async with opened(workspace, tmp_path) as seen:
        await planned(seen)
        await seen.press("a", "y")
        await seen.sees("esc cancel")
        await seen.press("escape")
        await seen.sees("Cancel this apply?")
        await seen.press("escape")
        assert workspace.execution and not workspace.execution.cancelled.is_set()
        await seen.press("ctrl+c")
        await seen.sees("An apply is running. Quit?")
        await seen.press("n", "escape", "y")
        await seen.sees("! Cancelled", "Not done  1")


async def test_blocked_and_read_only_plans_are_not_applied(tmp_path: Path) -> None:
    workspace = FakeWorkspace()
    workspace.more = {"findings": (Finding("blocked", "bucket.b", "exists and is not ours", "--adopt takes it"),)}
    async with opened(workspace, tmp_path) as seen:
        await seen.sees("123456789012")
        await say(seen, "bucket b")
        await seen.sees("✗ blocked", "exists and is not ours", "→ A takes it")
        await seen.press("a")
        await seen.sees("Blocked: bucket.b")
    workspace = FakeWorkspace()
    async with opened(workspace, tmp_path, engine=FakeEngine(workspace, where=Where(read_only=True))) as seen:
        await planned(seen)
        await seen.press("a")
        await seen.sees("Read-only: nothing can be applied")
        assert workspace.records == []


async def test_a_world_that_moved_is_said(tmp_path: Path) -> None:
    workspace = FakeWorkspace()
    async with opened(workspace, tmp_path) as seen:
        await planned(seen)
        workspace.refusal = MovedError("the world moved since this plan", todo="plan again")
        await seen.press("a", "y")
        await seen.sees("✗ the world moved since this plan", "→ plan again")


async def test_words_that_make_no_sense_are_answered_where_they_are_typed(tmp_path: Path) -> None:
    async with opened(FakeWorkspace(), tmp_path) as seen:
        await seen.sees("123456789012")
        await say(seen, "bukket my-data")
        await seen.sees("'bukket' is no kind (did you mean 'bucket'?)")
        await seen.press("escape")
        await seen.sees("There is nothing in this account")


async def test_undo_of_nothing_leaves_the_desk(tmp_path: Path) -> None:
    async with opened(FakeWorkspace(), tmp_path) as seen:
        await planned(seen)
        await seen.press("u")
        await seen.sees("there is nothing to undo", "review · 1 change")


async def test_a_saved_file_replans_by_itself(tmp_path: Path) -> None:
    workspace = FakeWorkspace()
    file = tmp_path / "genesys.yaml"
    file.write_text("bucket one\n")
    async with opened(workspace, tmp_path) as seen:
        await seen.sees("3 Plan ±1")
        await seen.press("3")
        await seen.sees("genesys.yaml", "bucket.one")
        await seen.until(lambda: seen.app.desk.watching, "watching")
        saved = tmp_path / "genesys.yaml.new"
        saved.write_text("bucket one\nbucket two\n")
        saved.rename(file)
        await seen.sees("bucket.two", "3 Plan ±2", "saved ")
        assert [refresh for _, refresh in workspace.plans][:2] == [True, False]


async def test_a_broken_file_lists_its_mistakes_and_cannot_be_applied(tmp_path: Path) -> None:
    file = tmp_path / "genesys.yaml"
    file.write_text("bucket one\n")
    async with opened(FakeWorkspace(), tmp_path, file=file) as seen:
        await seen.sees("bucket.one")
        await seen.until(lambda: seen.app.desk.watching, "watching")
        file.write_text("bucket ?\nbucket one\nnetwork ?\n")
        await seen.sees("✗ 2 mistakes", "genesys.yaml:1", "[/x] line 1", "genesys.yaml:3", "→ a size", "last plan")
        await seen.press("a")
        await seen.sees("see what is wrong above")
        file.write_text("bucket three\n")
        await seen.sees("bucket.three", "review · 1 change")
        file.unlink()
        await seen.sees("No such file")


async def test_a_file_that_appears_opens_by_itself(tmp_path: Path) -> None:
    async with opened(FakeWorkspace(), tmp_path) as seen:
        await seen.press("3")
        await seen.sees("Nothing is planned")
        await seen.until(lambda: seen.app.desk.watching, "watching")
        (tmp_path / "genesys.yaml").write_text("bucket new\n")
        await seen.sees("bucket.new")


async def test_the_newest_wish_wins(tmp_path: Path) -> None:
    workspace = FakeWorkspace()
    async with opened(workspace, tmp_path) as seen:
        await seen.sees("123456789012")
        workspace.gate.clear()
        await say(seen, "bucket old")
        await seen.sees("planning…")
        await say(seen, "bucket new")
        await seen.until(lambda: seen.app.desk.source is not None and seen.app.desk.source.what == "bucket new")
        workspace.gate.set()
        await seen.sees("bucket.new")
        await seen.sees_no("bucket.old")


async def test_at_80_columns(tmp_path: Path) -> None:
    async with opened(FakeWorkspace(), tmp_path, size=(80, 24)) as seen:
        await planned(seen)
        await seen.sees("3 permissions · cost ~$0.023/GB per month · ~3 s · all reversible · 1 finding", "i summary")
        await seen.press("i")
        await seen.sees("Permissions", "s3:CreateBucket")
        await seen.press("escape", "enter")
        await seen.sees("Differences")
        await seen.press("escape")
        await seen.sees("→ Store your application data securely")


async def test_copy_and_save(tmp_path: Path) -> None:
    workspace = FakeWorkspace()
    async with opened(workspace, tmp_path) as seen:
        await planned(seen)
        await seen.press("c")
        await seen.until(lambda: '"changes": 1' in seen.app.clipboard, "copied")
        await seen.press("o")
        await seen.sees("genesys apply")
        (saved,) = tmp_path.glob("genesys-plan-*.json")
        assert saved.read_text() == "bucket my-data: Deploy bucket my-data"
        await seen.press("a", "y")
        await seen.sees("✓ done")
        await seen.press("u")
        await seen.sees("- delete")
        await seen.press("o")
        await seen.sees("an undo can't be saved", "genesys undo --apply")
        assert len(list(tmp_path.glob("genesys-plan-*.json"))) == 1


@pytest.mark.usefixtures("aws")
async def test_a_saved_plan_is_what_the_shell_applies(tmp_path: Path) -> None:
    app = GenesysApp(Engine(Where(stack="shop")), folder=tmp_path)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        seen = Seen(app, pilot)
        await seen.sees("123456789012")
        await say(seen, "bucket saved-by-the-screen")
        await seen.sees("review · 1 change")
        await seen.press("o")
        await seen.sees("genesys apply")
        app.leave()
    (saved,) = tmp_path.glob("genesys-plan-*.json")
    with redirect_stdout(StringIO()) as out:
        code = main(["apply", str(saved), "--stack", "shop", "--yes", "--json"])
    assert code == 0, out.getvalue()
    assert json.loads(out.getvalue())["execution"]["status"] == "done"


async def test_what_exists_already_blocks_until_it_is_taken_over(tmp_path: Path) -> None:
    workspace = FakeWorkspace()
    workspace.taken = True
    async with opened(workspace, tmp_path) as seen:
        await seen.sees("123456789012")
        await say(seen, "bucket my-data")
        await seen.sees("✗ Blocked", "it exists already", "→ A takes it over", "A adopt")
        assert "Nothing to do" not in seen.text
        await seen.press("a")
        await seen.sees("Blocked: bucket.my-data")
        await seen.press("A")
        await seen.sees("review · 1 change", "bucket.my-data")
        assert workspace.plans[-1][0].resources[0].adopt


async def test_rows_keep_their_width_after_a_plan_without_any(tmp_path: Path) -> None:
    """Measured while they were hidden, they were once laid out 20 cells wide."""
    workspace = FakeWorkspace()
    workspace.steps = ()
    async with opened(workspace, tmp_path, size=(80, 24)) as seen:
        await seen.sees("123456789012")
        await say(seen, "bucket one")
        await seen.sees("✓ Nothing to do")
        workspace.steps = None
        await say(seen, "bucket two")
        await seen.sees("→ Store your application data securely")
        await seen.press("x")
        await seen.sees("Nothing is planned")
        await say(seen, "bucket three")
        await seen.sees("→ Store your application data securely")


async def test_enter_alone_deletes_nothing(tmp_path: Path) -> None:
    workspace = FakeWorkspace()
    workspace.steps = (replace(delete_step("bucket.old"), reversal=Reversal()),)
    async with opened(workspace, tmp_path) as seen:
        await planned(seen)
        await seen.press("a")
        await seen.sees("- 1 to delete", "! delete bucket.old", "y: apply")
        await seen.press("enter")
        await seen.sees("- 1 to delete")
        await seen.press("y")
        await seen.sees("✓ done")


async def test_a_plan_that_only_forgets_can_be_applied(tmp_path: Path) -> None:
    workspace = FakeWorkspace()
    workspace.steps = (replace(delete_step("bucket.old"), action="forget", reversal=Reversal()),)
    async with opened(workspace, tmp_path) as seen:
        await seen.sees("123456789012")
        await say(seen, "bucket my-data")
        await seen.sees("review · 1 step", "a apply")
        await seen.press("a", "y")
        await seen.sees("✓ done")


async def test_a_stack_file_that_appears_beside_another_plan_is_told(tmp_path: Path) -> None:
    async with opened(FakeWorkspace(), tmp_path) as seen:
        await planned(seen)
        await seen.until(lambda: seen.app.desk.watching, "watching")
        (tmp_path / "genesys.yaml").write_text("bucket new\n")
        await seen.sees("genesys.yaml was found", "bucket.my-data")
        await seen.press("x")
        await seen.sees("bucket.new")


async def test_the_editor_is_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "genesys.yaml"
    file.write_text("bucket one\n")
    started: list[list[str]] = []

    def edit(command: list[str], **_: object) -> None:
        started.append(command)
        file.write_text("bucket edited\n")

    monkeypatch.setattr("subprocess.run", edit)
    monkeypatch.setattr(GenesysApp, "suspend", lambda _: nullcontext())
    monkeypatch.setenv("EDITOR", "code --wait")
    monkeypatch.delenv("VISUAL", raising=False)
    async with opened(FakeWorkspace(), tmp_path, file=file) as seen:
        await seen.sees("bucket.one")
        await seen.until(lambda: seen.app.desk.watching, "watching")
        await seen.press("e")
        await seen.sees("bucket.edited")
        assert started == [["code", "--wait", str(file)]]


async def test_words_wait_for_the_end_of_an_apply(tmp_path: Path) -> None:
    workspace = FakeWorkspace()
    workspace.hold = threading.Event()
    async with opened(workspace, tmp_path) as seen:
        await planned(seen)
        await seen.press("a", "y")
        await seen.sees("esc cancel")
        await say(seen, "bucket other")
        await seen.sees("an apply is running")
        await seen.press("escape")
        await seen.press("ctrl+c", "ctrl+c")
        await seen.until(lambda: not seen.app.is_running or seen.app._exit, "to insist leaves")


@pytest.mark.usefixtures("aws")
async def test_what_looks_like_a_wanted_thing_is_taken_by_keys_once_its_address_is_typed(tmp_path: Path) -> None:
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="acme-prod-uploads")
    file = tmp_path / "genesys.yaml"
    file.write_text("resources:\n  storage:\n    - name: uploads\n")
    app = GenesysApp(Engine(Where(region="us-east-1")), folder=tmp_path, file=file)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        seen = Seen(app, pilot)
        await seen.press("3")
        await seen.sees("'acme-prod-uploads' looks like", "→ A takes it over", "a apply  A adopt")
        await seen.press("A")
        await seen.sees("Adopt", "acme-prod-uploads")
        await seen.press("a")
        await seen.sees("bucket.uploads")
        await seen.type("bucket.uploads")
        await seen.press("enter")
        await seen.sees("✓ done")
        app.leave()
    assert s3.get_bucket_tagging(Bucket="acme-prod-uploads")["TagSet"][0]["Key"] == "genesys:stack"
