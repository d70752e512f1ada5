"""The plan in English: its layout is a contract."""

from __future__ import annotations

from dataclasses import replace

from genesys_tui.cli.render.paint import Paint
from genesys_tui.cli.render.plan import plan_text
from genesys_tui.engine.model.plan import Conflict, Cost, Line
from tests.cli.cli_fakes import blocked_plan, bucket_plan, bucket_step, dangerous_plan, idle_plan

PLAIN = Paint()


def test_the_layout_of_one_step() -> None:
    assert plan_text(bucket_plan(), PLAIN, "genesys execute bucket my-data-bucket --apply") == (
        """\
Plan: Deploy secure S3 bucket 'my-data-bucket'

What will happen:
1. Create S3 bucket 'my-data-bucket'
   -> Store your application data securely
2. Enable versioning on bucket
   -> Protect against accidental deletion

Permissions needed:
- s3:CreateBucket
- s3:PutBucketVersioning

Estimated cost: ~$0.023/GB per month
Time to complete: ~3 seconds

To apply: genesys execute bucket my-data-bucket --apply"""
    )


def test_several_steps_have_headers_and_one_numbering() -> None:
    second = replace(bucket_step("b"), needs=("bucket.a",))
    text = plan_text(replace(bucket_plan(), steps=(bucket_step("a"), second)), PLAIN)
    assert "\nbucket.a: create\n1. Create" in text
    assert "\nbucket.b: create (after bucket.a)\n3. Create" in text


def test_reasons_stay_aligned_at_ten() -> None:
    step = replace(bucket_step(), lines=tuple(Line(f"Do {number}", "Why") for number in range(10)))
    text = plan_text(replace(bucket_plan(), steps=(step,)), PLAIN)
    assert "9. Do 8\n   -> Why\n10. Do 9\n    -> Why" in text


def test_nothing_to_do_is_one_line() -> None:
    assert plan_text(idle_plan(), PLAIN, "x") == "Nothing to do: bucket.my-data-bucket is as wanted."


def test_an_empty_stack_is_named() -> None:
    assert plan_text(replace(idle_plan(), unchanged=()), PLAIN) == "Nothing to do in stack 'default'."


def test_an_undo_that_comes_to_nothing_says_where_older_ones_are() -> None:
    plan = replace(idle_plan(), title="Nothing to undo of 'x'", undoes="e1")
    assert plan_text(plan, PLAIN) == "Nothing to undo of 'x'. For an older one: genesys history"


def test_what_cannot_be_undone_is_said() -> None:
    assert "Can't be undone:\n- bucket.old: loses data: 12 objects" in plan_text(dangerous_plan(), PLAIN)


def test_a_blocked_plan_says_what_to_do_and_offers_no_apply() -> None:
    text = plan_text(blocked_plan(), PLAIN, "genesys apply")
    assert "blocked: bucket.my-data-bucket: it exists and is not managed\n  Do: take it over with --adopt" in text
    assert "genesys apply" not in text


def test_a_wish_that_is_blocked_whole_is_not_called_done() -> None:
    text = plan_text(replace(blocked_plan(), steps=()), PLAIN)
    assert text.startswith("Blocked: this can't be applied as it is.\n\nWorth knowing:\n- blocked: ")


def test_conflicts_of_an_undo_are_named() -> None:
    plan = replace(idle_plan(), conflicts=(Conflict("bucket.b", "versioning was changed to off"),))
    assert "Left as it is:\n- bucket.b: versioning" in plan_text(plan, PLAIN)


def test_usage_is_shown_with_its_assumptions() -> None:
    cost = Cost(0.02, 1.15, 23, assumptions=("50 GB stored",), unknown=("queue.q",), headline="~$0.023/GB per month")
    text = plan_text(replace(bucket_plan(), cost=cost), PLAIN)
    assert "$0.02 at low, $1.15 at typical, $23.00 at high usage, where:\n- 50 GB stored\nNot priced: queue.q" in text


def test_hostile_names_are_shown_not_obeyed() -> None:
    text = plan_text(bucket_plan("[red]\x1b[31m\n[/x]\u202e"), PLAIN)
    assert "Create S3 bucket '[red]␛[31m␊[/x]‹202E›'" in text
    assert "\x1b" not in text


def test_colours_leave_the_words() -> None:
    plan = dangerous_plan()
    painted = plan_text(plan, Paint(on=True))
    assert "\x1b[31mloses data\x1b[0m" in painted
