"""What scripts rely on: exit codes, streams, the rule of `--yes`, where options may stand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from genesys_tui.engine import workspace
from genesys_tui.engine.model.errors import (
    BlockedError,
    CallError,
    LockedError,
    MovedError,
    NoCredentialsError,
    Problem,
    UsageError,
    WishError,
)
from genesys_tui.engine.model.resource import Mark
from genesys_tui.engine.workspace import Settings
from tests.cli.cli_fakes import (
    Account,
    blocked_plan,
    bucket_plan,
    dangerous_plan,
    idle_plan,
    record_of,
)
from tests.cli.cli_shell import Shell

BUCKET = ("execute", "bucket", "b")


@pytest.mark.parametrize("name", workspace.__all__)
def test_what_the_engines_door_names_is_there(name: str) -> None:
    """Most of it is looked for only when it is asked for."""
    assert getattr(workspace, name) is not None


def test_a_preview_shows_the_plan_and_changes_nothing(shell: Shell, account: Account) -> None:
    ended = shell(*BUCKET)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("Plan: Deploy secure S3 bucket")
    assert ended.out.endswith("To apply: genesys execute bucket b --apply\n")
    assert not account.applied
    assert account.closed == 1


@pytest.mark.parametrize("command", [BUCKET, ("plan", "genesys.yaml"), ("destroy",), ("undo",)])
def test_detailed_exitcode(shell: Shell, account: Account, command: tuple[str, ...]) -> None:
    assert shell(*command, "--detailed-exitcode").code == 2
    account.planned = idle_plan()
    assert shell(*command, "--detailed-exitcode").code == 0


def test_a_blocked_plan_is_3_and_is_never_applied(shell: Shell, account: Account) -> None:
    account.planned = blocked_plan()
    assert shell(*BUCKET).code == 3
    assert shell(*BUCKET, "--apply", "--yes").code == 3
    assert not account.applied


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("what"), 64),
        (WishError("words", (Problem(None, "no such kind"),)), 64),
        (WishError("file", (Problem(Mark("genesys.yaml", 3), "unknown key"),)), 1),
        (BlockedError("what"), 3),
        (LockedError("what"), 4),
        (MovedError("what"), 1),
        (NoCredentialsError("what"), 1),
        (CallError("s3:CreateBucket", "denied", "AccessDenied", "no", action="s3:CreateBucket"), 1),
    ],
)
def test_every_error_has_its_code(shell: Shell, account: Account, error: Exception, code: int) -> None:
    account.planned = error
    ended = shell(*BUCKET)
    assert ended.code == code
    assert ended.out == ""
    assert ended.err.startswith("Error: ")


def test_an_error_says_what_why_and_what_to_do(shell: Shell, account: Account) -> None:
    account.planned = LockedError("bucket.b is locked", why="ann changes it", todo="wait", command="genesys history")
    assert shell(*BUCKET).err == "Error: bucket.b is locked\nWhy: ann changes it\nDo: wait\nRun: genesys history\n"


def test_every_problem_stands_on_its_line_with_its_place(shell: Shell, account: Account) -> None:
    problems = (Problem(Mark("genesys.yaml", 3, 5, "storage.a"), "unknown key", "size"), Problem(None, "no name"))
    account.planned = WishError("the stack file has mistakes", problems)
    assert "- genesys.yaml:3 (storage.a): unknown key (size)\n- no name\n" in shell(*BUCKET).err


@pytest.mark.parametrize("command", [(*BUCKET, "--apply"), ("apply",), ("destroy", "--apply"), ("undo", "--apply")])
def test_without_a_terminal_a_change_needs_yes(shell: Shell, account: Account, command: tuple[str, ...]) -> None:
    ended = shell(*command)
    assert ended.code == 64
    assert f"Run: genesys {' '.join(command)} --yes\n" in ended.err
    assert not account.applied
    assert not account.asked


def test_yes_applies_and_reports(shell: Shell, account: Account) -> None:
    ended = shell(*BUCKET, "--apply", "--yes")
    assert ended.code == 0
    assert account.applied == [bucket_plan()]
    assert "Done: Deploy secure S3 bucket 'my-data-bucket' (4 calls, 2 writes, 1.2 s)" in ended.out
    assert "To take it back: genesys undo e1\n" in ended.out
    assert ended.err == "✓ bucket.my-data-bucket  0.3 s\n"


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("yes\n", 0), ("n\n", 1), ("\n", 1), ("", 1)])
def test_on_a_terminal_it_asks(shell: Shell, account: Account, answer: str, code: int) -> None:
    ended = shell(*BUCKET, "--apply", answers=answer)
    assert ended.code == code
    assert len(account.applied) == (code == 0)
    assert ("Nothing was changed." in ended.err) == (code == 1)


def test_nothing_to_do_asks_nothing(shell: Shell, account: Account) -> None:
    account.planned = idle_plan()
    ended = shell(*BUCKET, "--apply", answers="")
    assert (ended.code, ended.err) == (0, "")
    assert not account.applied


@pytest.mark.parametrize(("answer", "code"), [("bucket.old\n", 0), ("y\n", 1), ("bucket.ol\n", 1)])
def test_losing_data_wants_the_address(shell: Shell, account: Account, answer: str, code: int) -> None:
    account.planned = dangerous_plan()
    ended = shell("destroy", "--apply", answers=answer)
    assert ended.code == code
    assert "12 objects" in ended.err
    assert len(account.applied) == (code == 0)


def test_losing_data_without_a_terminal_wants_its_own_flag(shell: Shell, account: Account) -> None:
    account.planned = dangerous_plan()
    ended = shell("destroy", "--apply", "--yes")
    assert ended.code == 64
    assert "Run: genesys destroy --apply --yes --allow-data-loss\n" in ended.err
    assert not account.applied
    assert shell("destroy", "--apply", "--yes", "--allow-data-loss").code == 0
    assert len(account.applied) == 1


def test_a_failed_apply_is_1_and_says_how_to_go_on(shell: Shell, account: Account) -> None:
    account.record = record_of(bucket_plan(), failing=("bucket.my-data-bucket",))
    ended = shell(*BUCKET, "--apply", "--yes", "--stack", "shop")
    assert ended.code == 1
    assert "- bucket.my-data-bucket failed: access denied, s3:CreateBucket is missing" in ended.out
    assert "To go on: genesys execute bucket b --apply --stack shop" in ended.out


@pytest.mark.parametrize("writes", [0, 1])
def test_what_was_begun_can_be_taken_back(shell: Shell, account: Account, writes: int) -> None:
    account.record = replace(record_of(bucket_plan(), failing=("bucket.my-data-bucket",)), writes=writes)
    ended = shell(*BUCKET, "--apply", "--yes")
    assert ("To take it back: genesys undo e1" in ended.out) is bool(writes)


def test_locked_while_applying_is_4(shell: Shell, account: Account) -> None:
    account.record = LockedError("bucket.b is being changed")
    assert shell(*BUCKET, "--apply", "--yes").code == 4


def test_read_only_refuses_before_anything_is_read(shell: Shell, account: Account) -> None:
    assert shell(*BUCKET, "--apply", "--yes", "--read-only").code == 3
    assert not account.wishes
    assert shell(*BUCKET, "--read-only").code == 0
    assert account.settings.read_only


@pytest.mark.parametrize(
    "words",
    [
        ("execute", "bucket", "my-bucket", "--versioning", "off", "--apply", "--json", "--yes"),
        ("execute", "--apply", "--versioning", "off", "--yes", "bucket", "my-bucket", "--json"),
        ("--json", "--yes", "execute", "bucket", "--versioning", "off", "--apply", "my-bucket"),
    ],
)
def test_options_stand_in_any_order(shell: Shell, account: Account, words: tuple[str, ...]) -> None:
    ended = shell(*words)
    assert ended.code == 0
    assert ended.document["summary"] == bucket_plan().title
    assert len(account.applied) == 1
    assert sorted(account.words) == ["--versioning", "bucket", "my-bucket", "off"]
    assert account.words[account.words.index("--versioning") + 1] == "off"


def test_unknown_intent_options_arrive_untouched(shell: Shell, account: Account) -> None:
    shell("execute", "bucket", "b", "--tag", "a=b", "--lifecycle.delete-after-days=3", "--no-versioning")
    assert account.words == ["bucket", "b", "--tag", "a=b", "--lifecycle.delete-after-days=3", "--no-versioning"]


def test_where_to_work_may_be_said_before_or_after(shell: Shell, account: Account) -> None:
    shell("--profile", "dev", "--region", "eu-west-3", "plan", "genesys.yaml", "--stack", "blue")
    settings = account.settings
    assert (settings.profile, settings.region, settings.stack) == ("dev", "eu-west-3", "blue")


def test_the_stack_file_says_where_unless_options_do(shell: Shell, account: Account) -> None:
    shell("execute", "genesys.yaml")
    assert account.asked == [("file", "genesys.yaml")]
    assert (account.settings.region, account.settings.stack) == ("eu-north-1", "shop")


def test_what_to_type_next_keeps_the_place(shell: Shell) -> None:
    ended = shell("--profile", "my dev", "execute", "bucket", "b", "--adopt")
    assert "To apply: genesys execute bucket b --adopt --apply --profile 'my dev'\n" in ended.out


def test_adopt_marks_the_wish(shell: Shell, account: Account) -> None:
    shell(*BUCKET, "--adopt")
    assert all(desired.adopt for desired in account.wishes[0].resources)


def test_undo_without_a_name_offers_the_one_it_previewed(shell: Shell) -> None:
    assert shell("undo").out.endswith("To apply: genesys undo e7 --apply\n")


def test_a_saved_plan_is_applied_later(shell: Shell, account: Account) -> None:
    ended = shell("plan", "genesys.yaml", "--out", "monday.plan")
    assert ended.out.endswith("To apply: genesys apply monday.plan\n")
    assert shell("apply", "monday.plan", "--yes").code == 0
    assert account.asked[-1] == ("load", "monday.plan")
    assert len(account.applied) == 1


@pytest.mark.parametrize("out", ["genesys.yaml", "sub/x.TOML", ""])
def test_a_plan_is_never_saved_over_a_stack_file(shell: Shell, account: Account, tmp_path: Path, out: str) -> None:
    (tmp_path / "genesys.yaml").write_text("mine")
    ended = shell("plan", "--out", out)
    assert ended.code == 64
    assert "Run: genesys plan --out genesys.plan\n" in ended.err
    assert (tmp_path / "genesys.yaml").read_text() == "mine"
    assert not account.wishes


def test_a_saved_plan_is_of_one_stack(shell: Shell, account: Account) -> None:
    assert shell("apply", "monday.plan", "--yes", "--stack", "default").code == 0
    ended = shell("apply", "monday.plan", "--yes", "--stack", "other")
    assert ended.code == 64
    assert "monday.plan is a plan of stack 'default', not of 'other'" in ended.err
    assert shell("apply", "monday.plan", "--yes", "--adopt").code == 64
    assert len(account.applied) == 1


@pytest.mark.parametrize("file", [(), ("shop.yaml",)])
def test_a_stack_file_may_adopt(shell: Shell, account: Account, tmp_path: Path, file: tuple[str, ...]) -> None:
    (tmp_path / "genesys.yaml").touch()
    ended = shell("plan", *file, "--adopt")
    assert ended.out.endswith(f"To apply: genesys {' '.join(('apply', *file, '--adopt'))}\n")
    assert shell("apply", *file, "--adopt", "--yes").code == 0
    assert all(desired.adopt for wish in account.wishes for desired in wish.resources)
    assert len(account.wishes) == 2


@pytest.mark.parametrize("words", [("execute", "genesys.yaml", "--apply"), ("apply", "genesys.yaml")])
def test_an_undo_goes_to_the_region_that_the_file_named(shell: Shell, words: tuple[str, ...]) -> None:
    ended = shell(*words, "--yes")
    assert ended.out.endswith("To take it back: genesys undo e1 --region eu-north-1\n")
    ended = shell(*words, "--yes", "--region", "eu-west-1")
    assert ended.out.endswith("To take it back: genesys undo e1 --region eu-west-1\n")


def test_a_moved_plan_is_refused(shell: Shell, account: Account) -> None:
    account.planned = MovedError("the world moved since the plan was made")
    assert shell("apply", "monday.plan", "--yes").code == 1
    assert not account.applied


def test_no_stack_file_here(shell: Shell) -> None:
    ended = shell("plan")
    assert ended.code == 64
    assert "there is no stack file here" in ended.err


@pytest.mark.parametrize("name", ["drift", "state", "unlock", "policy", "cost", "security"])
def test_what_is_not_built_yet_is_refused_with_words(shell: Shell, name: str) -> None:
    for words in ((name, "detect", "--whatever", "--help"), ("help", name)):
        ended = shell(*words)
        assert ended.code == 64
        assert f"`genesys {name}` is known, but not built yet" in ended.err


@pytest.mark.parametrize(
    "words",
    [
        ("exeucte",),
        ("--nonsense",),
        ("plan", "--nonsense"),
        ("plan", "a.yaml", "b.yaml"),
        ("history", "--limit", "none"),
        ("execute", "bucket", "b", "--stack", ""),
        ("execute", "bucket", "b", "--stack", "a/../b"),
        ("execute", "bucket", "b", "--stack", "s" * 65),
        ("inventory", "--region", "mars"),
        ("inventory", "--region", ""),
        ("inventory", "--state", "s3"),
        ("completion", "tcsh"),
        ("help", "exeucte"),
        ("interact", "--json"),
    ],
)
def test_words_that_cannot_be_understood_are_64(shell: Shell, words: tuple[str, ...]) -> None:
    ended = shell(*words)
    assert ended.code == 64
    assert "Error: " in ended.err or ended.document["error"]


@pytest.mark.parametrize(
    ("words", "help"),
    [
        (("history", "--limit"), "genesys history --help"),
        (("plan", "--nonsense"), "genesys plan --help"),
        (("--stack",), "genesys --help"),
        (("completion",), "genesys completion --help"),
    ],
)
def test_a_mistake_names_the_help_of_its_command(shell: Shell, words: tuple[str, ...], help: str) -> None:
    lines = shell(*words).err.splitlines()
    assert lines[-1] == f"Run: {help}"
    assert not any("␊" in line or "␉" in line for line in lines)


def test_a_near_miss_gets_a_hint(shell: Shell) -> None:
    assert "Did you mean 'execute'?" in shell("exeucte").err


@pytest.mark.parametrize("words", [(), ("help",), ("--help",), ("-h",)])
def test_help_lists_all(shell: Shell, words: tuple[str, ...]) -> None:
    ended = shell(*words)
    assert ended.code == 0
    for name in ("execute", "plan", "apply", "destroy", "inventory", "history", "undo", "version", "interact"):
        assert f"\n  {name} " in ended.out


def test_help_of_a_command(shell: Shell) -> None:
    assert shell("help", "apply").out == shell("apply", "--help").out
    assert "Usage: genesys apply " in shell("help", "apply").out


def test_a_waiting_ctrl_c_before_an_apply_is_130(shell: Shell, account: Account) -> None:
    account.planned = KeyboardInterrupt()
    ended = shell(*BUCKET)
    assert ended.code == 130
    assert ("cancel", None) in account.asked
    assert account.closed == 1


def test_colour_only_on_a_screen(shell: Shell, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    account.planned = dangerous_plan()
    assert "\x1b[" in shell("destroy", screen=True).out
    assert "\x1b[" not in shell("destroy", "--no-color", screen=True).out
    assert "\x1b[" not in shell("destroy").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in shell("destroy", screen=True).out


@pytest.mark.parametrize("running", [True, False])
def test_the_demo_is_joined_or_started_and_ended(
    shell: Shell, account: Account, monkeypatch: pytest.MonkeyPatch, running: bool
) -> None:
    ended: list[FakeDemo] = []

    class FakeDemo:
        @classmethod
        def join(cls) -> FakeDemo | None:
            return cls() if running else None

        @classmethod
        def start(cls) -> FakeDemo:
            return cls()

        def settings(self, stack: str | None, read_only: bool) -> Settings:
            return Settings(stack=stack, read_only=read_only, endpoint="http://demo")

        def __enter__(self) -> FakeDemo:
            return self

        def __exit__(self, *_: object) -> None:
            ended.append(self)

    monkeypatch.setattr("genesys_tui.engine.demo.Demo", FakeDemo)
    said = shell("--demo", "--stack", "shop", *BUCKET, "--json")
    assert said.document["changes"] == 1
    assert ("for this command alone" in said.err) is not running
    assert account.settings == Settings(stack="shop", endpoint="http://demo")
    assert len(ended) == 1


def test_interact_opens_the_screen_where_it_was_told(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[list[str]] = []

    def screen(argv: list[str]) -> int:
        opened.append(argv)
        return 0

    monkeypatch.setattr("genesys_tui.tui.main.main", screen)
    assert shell("--read-only", "interact", "--profile", "dev", "shop.yaml").code == 0
    assert opened == [["--profile", "dev", "--read-only", "shop.yaml"]]
