"""The inventory: browsing, filtering, and every state it can be in."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from textual.events import Key

from genesys_tui.engine.model.adoption import Adoption, Remark
from genesys_tui.engine.model.errors import CallError, NoCredentialsError, UsageError
from genesys_tui.engine.model.owner import Owner
from genesys_tui.engine.model.suggestion import Suggestion
from genesys_tui.engine.workspace import Inventory
from genesys_tui.tui.engine import Where
from genesys_tui.tui.screens.inventory import InventoryScreen
from tests.tui.fake_workspace import FakeEngine, FakeWorkspace, company, resource
from tests.tui.screen import Seen, opened


def inventory(seen: Seen) -> InventoryScreen:
    screen = seen.app.mode_screen
    assert isinstance(screen, InventoryScreen)
    return screen


def current(seen: Seen) -> str:
    row = inventory(seen).table.current
    return row.name if row else ""


async def test_first_frame_stands_before_the_account_answers(tmp_path: Path) -> None:
    workspace = FakeWorkspace(company())
    workspace.gate.clear()
    async with opened(workspace, tmp_path) as seen:
        await seen.sees("1 Inventory", "Reading the account", "no account yet", "stack shop")
        workspace.gate.set()
        await seen.sees("123456789012", "eu-west-1", "acme-invoices", "9 resources")


async def test_browse_by_keys_and_details_at_the_side(tmp_path: Path) -> None:
    async with opened(FakeWorkspace(company()), tmp_path) as seen:
        await seen.sees("acme-invoices")
        await seen.press("j")
        assert current(seen) == "acme-logs-eu"
        await seen.sees("arn:aws:bucket:eu-west-1", "created            2023", "versioning", "delete after days: 30")
        await seen.press("G")
        assert current(seen) == "invoice-jobs"
        await seen.press("g", "g")
        assert current(seen) == "acme-invoices"
        await seen.press("ctrl+d")
        assert current(seen) not in ("acme-invoices", "")


async def test_filter_while_typing_and_back(tmp_path: Path) -> None:
    async with opened(FakeWorkspace(company()), tmp_path) as seen:
        await seen.sees("9 resources")
        await seen.press("slash", *"kind:")
        await seen.sees("/ kind:", "9 resources")
        await seen.type("bucket !cdk")
        await seen.sees("3 of 9 · /kind:bucket !cdk")
        await seen.press("enter", "j")
        assert current(seen) == "acme-logs-eu"
        await seen.press("escape")
        await seen.sees("9 resources", "cdk-hnb659fds")
        assert current(seen) == "acme-logs-eu"
        await seen.press("slash")
        await seen.type("nosuchthing")
        await seen.sees("Nothing matches this filter")


async def test_hostile_names_are_shown_as_they_are(tmp_path: Path) -> None:
    names = [
        "web[/blue]",
        "[/x]",
        "[red]alarm[/red]",
        "日本語バケツ",
        "esc\x1b[31m\x07",
        "rtl\u202eevil",
        "\ud800lone",
        "",
    ]
    hostile = [resource("bucket", name, tags={"[/b]": "[bold]", "big": "x" * 10_240}) for name in names]
    async with opened(FakeWorkspace(hostile), tmp_path) as seen:
        await seen.sees("web[/blue]", "[/x]", "[red]alarm[/red]", "esc␛[31m␇", "rtl‹202E›evil", "\ufffdlone")
        for _ in names:
            await seen.press("j")
        await seen.sees("[/b]", "[bold]")
        assert "\x1b" not in seen.text
        await seen.press("slash", *"xxxx")
        await seen.sees("8 of 8")


async def test_a_hundred_thousand_resources(tmp_path: Path) -> None:
    many = [resource("bucket", f"b-{number:06}") for number in range(100_000)]
    async with opened(FakeWorkspace(many, page=1000), tmp_path) as seen:
        await seen.sees("100,000 resources")
        await seen.until(lambda: seen.app.account.phase == "ready")
        began = time.monotonic()
        await seen.press("G")
        await seen.sees("b-099999")
        await seen.press("g", "slash", *"b-0777")
        await seen.sees("100 of 100,000", "b-077700")
        assert time.monotonic() - began < 10


async def test_refresh_keeps_the_cursor_on_its_resource(tmp_path: Path) -> None:
    workspace = FakeWorkspace([resource("bucket", f"m-{number:03}") for number in range(200)])
    async with opened(workspace, tmp_path) as seen:
        await seen.sees("200 resources")
        table = inventory(seen).table
        for _ in range(60):
            table.action_down()
        await seen.until(lambda: current(seen) == "m-060")
        place = table.cursor - table.scroll_offset.y
        workspace.resources = [resource("bucket", f"a-{number:03}") for number in range(50)] + workspace.resources[5:]
        await seen.press("r")
        await seen.sees("245 resources")
        assert current(seen) == "m-060"
        assert table.cursor - table.scroll_offset.y == place
        workspace.resources = [one for one in workspace.resources if one.actual.name != "m-060"]
        await seen.press("r")
        await seen.sees("244 resources")
        assert current(seen) == "m-061"


async def test_a_part_that_is_denied_is_one_line(tmp_path: Path) -> None:
    workspace = FakeWorkspace(company())
    workspace.errors = ("rds: access denied ([/x] rds:DescribeDBInstances)",)
    async with opened(workspace, tmp_path) as seen:
        await seen.sees("! rds: access denied ([/x] rds:DescribeDBInstances), the rest is complete", "acme-invoices")


async def test_a_refresh_that_fails_leaves_what_was_read_and_says_so(tmp_path: Path) -> None:
    workspace = FakeWorkspace(company())
    async with opened(workspace, tmp_path) as seen:
        await seen.sees("9 resources")
        workspace.error = CallError("s3:ListBuckets", "unreachable", "", "no route to host")
        await seen.press("r")
        await seen.sees("stale", "could not refresh", "acme-invoices")
        workspace.error = None
        await seen.press("r")
        await seen.sees_no("could not refresh", "stale")


async def test_no_credentials_says_what_to_do_and_offers_the_demo(tmp_path: Path) -> None:
    workspace = FakeWorkspace()
    workspace.error = NoCredentialsError("no AWS credentials were found")
    async with opened(workspace, tmp_path) as seen:
        await seen.sees("aws configure", "aws sso login", "--profile", "genesys-tui --demo", "no AWS credentials")
        await seen.press("r")
        await seen.sees("aws configure")
        await seen.press("d")
        await seen.sees("demo 123456789012", "acme-invoices")


async def test_empty_account(tmp_path: Path) -> None:
    async with opened(FakeWorkspace(), tmp_path) as seen:
        await seen.sees("There is nothing in this account", "bucket my-first-bucket")


async def test_copy_of_the_marked_ones(tmp_path: Path) -> None:
    async with opened(FakeWorkspace(company()), tmp_path) as seen:
        await seen.sees("acme-invoices")
        await seen.press("y")
        assert seen.app.clipboard == "acme-invoices"
        await seen.press("space", "space")
        await seen.sees("2 marked")
        await seen.press("Y")
        assert seen.app.clipboard.split("\n") == [
            "arn:aws:bucket:eu-west-1:123456789012:acme-invoices",
            "arn:aws:bucket:eu-west-1:123456789012:acme-logs-eu",
        ]
        await seen.press("escape")
        await seen.sees_no("2 marked")


async def test_at_80_columns_the_details_open_with_enter(tmp_path: Path) -> None:
    async with opened(FakeWorkspace(company()), tmp_path, size=(80, 24)) as seen:
        await seen.sees("acme-invoices", "KIND", "NAME", "OWNER")
        assert "arn:aws" not in seen.text
        assert all(len(line) <= 80 for line in seen.text.split("\n"))
        await seen.press("enter")
        await seen.sees("arn:aws:bucket:eu-west-1:123456789012:acme-invoices", "versioning")
        await seen.press("escape")
        await seen.sees("acme-logs-eu")


async def test_what_is_typed_at_once_is_meant_for_the_field_it_opens(tmp_path: Path) -> None:
    async with opened(FakeWorkspace(company()), tmp_path) as seen:
        await seen.sees("9 resources")
        for key, char in (("slash", "/"), ("q", "q"), ("colon", ":"), ("slash", "/")):
            seen.app.post_message(Key(key, char))
        await seen.sees("0 of 9 · /q:/")
        await seen.press("escape")
        for key, char in (("colon", ":"), ("q", "q"), ("colon", ":")):
            seen.app.post_message(Key(key, char))
        await seen.sees("plan    q:")


async def test_on_a_narrow_screen_the_keys_scroll_the_details(tmp_path: Path) -> None:
    tags = {f"tag-{number:02}": "x" for number in range(40)}
    async with opened(FakeWorkspace([resource("bucket", "b", tags)]), tmp_path, size=(80, 24)) as seen:
        await seen.sees("1 resource")
        await seen.press("enter")
        await seen.sees("esc back", "tag-01")
        await seen.press("G")
        await seen.sees("tag-39")
        await seen.press("g")
        await seen.sees("arn:aws")
        await seen.press("escape", "enter")
        await seen.sees("tag-01")


async def test_a_wide_screen_scrolls_the_side_pane_beside_the_list(tmp_path: Path) -> None:
    tags = {f"tag-{number:02}": "x" for number in range(60)}
    async with opened(FakeWorkspace([resource("bucket", "b", tags), *company()]), tmp_path) as seen:
        await seen.sees("10 resources")
        await seen.press("j", "j")
        await seen.sees("tag-01")
        await seen.press(*["J"] * 20)
        await seen.sees("tag-59", "acme-invoices")


async def test_tabs_and_keys_can_be_clicked(tmp_path: Path) -> None:
    async with opened(FakeWorkspace(company()), tmp_path) as seen:
        await seen.sees("9 resources")
        lines = seen.text.split("\n")
        await seen.pilot.click("TopBar", offset=(lines[1].index("5 History") + 2, 1))
        await seen.sees("Nothing was applied yet")
        await seen.pilot.click("TopBar", offset=(lines[1].index("1 Inventory"), 1))
        await seen.sees("acme-invoices")
        await seen.pilot.click("KeyBar", offset=(lines[-1].index("? help") + 1, 0))
        await seen.sees("In lists")


@pytest.mark.parametrize("width", [80, 100, 140])
async def test_where_we_are_is_always_in_sight(tmp_path: Path, width: int) -> None:
    workspace = FakeWorkspace(company())
    workspace.endpoint = "http://127.0.0.1:5333"
    engine = FakeEngine(workspace, where=Where(read_only=True))
    async with opened(workspace, tmp_path, engine=engine, size=(width, 24)) as seen:
        await seen.sees("9 resources")
        first = seen.text.split("\n")[0]
        for words in ("123456789012", "eu-west-1", "dev", "stack shop", "127.0.0.1:5333"):
            assert words in first
        assert " RO " in first or "read-only" in first
        assert ("profile dev" in first) == (width >= 100)


async def test_no_region_is_no_dead_end(tmp_path: Path) -> None:
    workspace = FakeWorkspace()
    workspace.error = UsageError("No AWS region is configured")
    async with opened(workspace, tmp_path) as seen:
        await seen.sees("No AWS region", "--region", "genesys-tui --demo")
        await seen.press("d")
        await seen.sees("demo 123456789012", "acme-invoices")


async def test_switches_are_in_words_that_can_not_be_misread(tmp_path: Path) -> None:
    async with opened(FakeWorkspace(company()), tmp_path) as seen:
        await seen.sees("public access      blocked", "encryption         AES256 (SSE-S3)", "versioning         off")


async def test_a_filter_over_very_many_rows_lets_keys_through(tmp_path: Path) -> None:
    many = [resource("bucket", f"b-{number:06}") for number in range(20_000)]
    async with opened(FakeWorkspace(many, page=5000), tmp_path) as seen:
        await seen.sees("20,000 resources")
        await seen.until(lambda: seen.app.account.phase == "ready")
        screen = inventory(seen)
        screen.filter_by("b-00")
        assert len(screen.table.rows) == 20_000, "it was filtered before the key was let go"
        screen.filter_by("b-0001")
        await seen.sees("100 of 20,000 · /b-0001")
        assert [row.name for row in screen.table.rows[:2]] == ["b-000100", "b-000101"]
        screen.filter_by("")
        await seen.until(lambda: len(screen.table.rows) == 20_000, "all of them again")


async def test_read_only_is_in_sight(tmp_path: Path) -> None:
    workspace = FakeWorkspace(company())
    async with opened(workspace, tmp_path, engine=FakeEngine(workspace, where=Where(read_only=True))) as seen:
        await seen.sees(" read-only ")


async def test_mouse_and_help_and_palette(tmp_path: Path) -> None:
    async with opened(FakeWorkspace(company()), tmp_path) as seen:
        await seen.sees("acme-invoices")
        await seen.pilot.click("#resources", offset=(10, 3))
        assert current(seen) == "shop-uploads"
        await seen.press("question_mark")
        await seen.sees("In lists", "Filter: text")
        await seen.press("escape", "colon", *"history", "enter")
        await seen.sees("Nothing was applied yet")
        await seen.press("1")
        await seen.sees("acme-invoices")


async def test_what_an_earlier_start_saw_stands_at_once(tmp_path: Path) -> None:
    workspace = FakeWorkspace(company()[1:])
    workspace.gate.clear()
    read_at = datetime.now(UTC) - timedelta(minutes=3)
    workspace.recalled = Inventory(tuple(company()), (), 0, 0.0, read_at)
    async with opened(workspace, tmp_path) as seen:
        await seen.sees("as of 3 min ago, reading", f"{len(company())} resources")
        workspace.gate.set()
        await seen.sees("read just now", f"{len(company()) - 1} resources")


async def test_what_is_aws_own_is_hidden_until_asked_for(tmp_path: Path) -> None:
    default = resource("network", "default")
    furniture = replace(default, actual=replace(default.actual, of_aws="the default VPC of the region"))
    async with opened(FakeWorkspace([*company(), furniture]), tmp_path) as seen:
        await seen.sees(f"{len(company())} resources", "1 of AWS's own hidden")
        await seen.press("full_stop")
        await seen.sees(f"{len(company()) + 1} resources", "aws")


async def test_several_accounts_stand_side_by_side(tmp_path: Path) -> None:
    home, beside = FakeWorkspace([resource("bucket", "ours")]), FakeWorkspace([resource("queue", "theirs")])
    home.resources = [replace(one, account="123456789012") for one in home.resources]
    beside.resources = [replace(one, account="111122223333") for one in beside.resources]
    beside.account = "111122223333"
    engine = FakeEngine(home)
    engine.beside = [beside]
    async with opened(home, tmp_path, engine=engine, size=(160, 30)) as seen:
        await seen.sees("ACCOUNT", "111122223333", "eu-west-1 +1", "2 resources")
        await seen.press("slash")
        await seen.type("account:1111")
        await seen.sees("1 of 2")
        assert current(seen) == "theirs"
        await seen.sees("versioning")  # read in its own account


async def test_adopt_mode_lists_the_safest_first_and_plans_those_that_are_marked(tmp_path: Path) -> None:
    risk, reason = Remark("no tag says whose it is", -0.04), Remark("nothing is under way with it", 0.15)
    workspace = FakeWorkspace(
        [
            replace(resource("bucket", "worse"), adoption=Adoption(0.55, 0.55, 0.6, (reason,), (risk,))),
            replace(resource("bucket", "best"), adoption=Adoption(0.93, 0.93, 0.93, (reason,))),
            replace(
                resource("queue", "theirs"),
                owner=Owner("cdk", "ShopStack", ("CloudFormation lists it in stack ShopStack",)),
                adoption=Adoption(0.2, 0.2, 0.2),
            ),
            resource("bucket", "ours", stack="shop"),
        ]
    )
    async with opened(workspace, tmp_path, size=(120, 30)) as seen:
        await seen.sees("4 resources", "cdk · Shop", "✗", "▮▮▮▮▮ .93")
        await seen.press("2")
        await seen.sees("3 things not managed yet · 1 safe", "nothing is under way with it")
        await seen.sees_no("ours")
        await seen.press("j")
        await seen.sees("0.55 medium (up to 0.60", "no tag says whose it is")
        await seen.press("slash")
        await seen.type("kind:bucket")
        await seen.press("enter", "asterisk")
        await seen.sees("2 marked")
        await seen.press("a")
        await seen.sees("3 Plan", "bucket.best", "bucket.worse")
        [(wish, _)] = workspace.plans
        assert {one.address for one in wish.resources} == {"bucket.best", "bucket.worse"}
        assert all(one.adopt for one in wish.resources)


async def test_what_was_adopted_is_given_back_by_a_key(tmp_path: Path) -> None:
    workspace = FakeWorkspace(
        [
            replace(resource("bucket", "free"), adoption=Adoption(0.93, 0.93, 0.93)),
            replace(resource("bucket", "taken", stack="shop"), adopted=True),
            replace(resource("queue", "taken-too", stack="other"), adopted=True),
            resource("bucket", "made", stack="shop"),
        ]
    )
    async with opened(workspace, tmp_path, size=(120, 30)) as seen:
        await seen.sees("4 resources")
        await seen.press("2")
        await seen.sees("1 thing not managed yet", "taken", "✓ adopted")
        await seen.sees_no("made", "R release")
        await seen.press("R")
        await seen.sees("Only what was adopted can be given back")
        await seen.press("asterisk", "R")
        await seen.sees("These are of several stacks (other, shop)")
        await seen.press("escape", "j")
        await seen.sees("R release")
        await seen.press("R")
        await seen.sees("3 Plan", "Forget 1 of stack shop", "bucket.taken")


async def test_suggestions_stand_beside_and_grow_with_the_details(tmp_path: Path) -> None:
    hostile = Suggestion("unused", "nothing [/x] has it\x1b[31m", usd=3.65)
    workspace = FakeWorkspace([replace(resource("bucket", "b"), suggestions=(hostile,))])
    async with opened(workspace, tmp_path, size=(120, 40)) as seen:
        await seen.sees("nothing [/x] has it␛[31m (~$3.65 a", "versioning is off", "better: --versioning on")
