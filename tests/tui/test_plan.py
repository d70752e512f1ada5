"""Plan, apply and undo, by keys alone."""

import threading
from pathlib import Path

from genesys_tui.engine.model.errors import CallError, MovedError
from genesys_tui.engine.model.plan import Finding
from genesys_tui.tui.engine import Where
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
        await seen.sees("✗ blocked", "exists and is not ours", "→ --adopt takes it")
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


async def test_copy_and_save_as_json(tmp_path: Path) -> None:
    async with opened(FakeWorkspace(), tmp_path) as seen:
        await planned(seen)
        await seen.press("c")
        assert '"changes": 1' in seen.app.clipboard
        await seen.press("o")
        await seen.until(lambda: len(list(tmp_path.glob("genesys-plan-*.json"))) == 1)
