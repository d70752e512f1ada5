"""Inventory and history as tables, also of names that were made to do harm."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.cli.cli_fakes import Account, bucket_plan, record_of, resource
from tests.cli.cli_shell import Shell

HOSTILE = ("[/x]", "[red]", "名前の広い", "a\x1b[2Jb\x07\r\n\u202ec", "🙂" * 3, "\udcff")


def test_columns_are_aligned_whatever_stands_in_them(shell: Shell, account: Account) -> None:
    account.resources = tuple(resource("bucket", name) for name in HOSTILE)
    ended = shell("inventory")
    header, *rows = ended.out.splitlines()
    assert len(rows) == len(HOSTILE)
    starts = {cell_len(line[: line.index("eu-west-1")]) for line in rows}
    assert starts == {cell_len(header[: header.index("REGION")])}


def test_control_characters_are_shown(shell: Shell, account: Account) -> None:
    account.resources = (resource("bucket", HOSTILE[3], tags={"k\x1b": "v\x9b"}),)
    out = shell("inventory").out
    assert "a␛[2Jb␇␍␊‹202E›c" in out
    assert "k␛=v‹9B›" in out
    assert not [character for character in out if character != "\n" and not character.isprintable()]


def test_text_that_looks_like_markup_stays(shell: Shell, account: Account) -> None:
    account.resources = tuple(resource("bucket", name) for name in HOSTILE[:2])
    out = shell("inventory", screen=True).out
    assert "[/x]" in out
    assert "[red]" in out


def test_a_screen_cuts_and_a_pipe_does_not(shell: Shell, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    account.resources = (resource("bucket", "b", tags={"big": "x" * 10_000}), resource("bucket", "名" * 100))
    screen = shell("inventory", "--no-color", screen=True).out
    assert max(map(cell_len, screen.splitlines())) <= 80
    assert "x" * 10_000 in shell("inventory").out


def test_the_table_says_what_is_managed_and_what_could_not_be_read(shell: Shell, account: Account) -> None:
    account.resources = (resource("bucket", "b", stack="shop"),)
    account.errors = ("rds: access denied (rds:DescribeDBInstances)",)
    ended = shell("inventory")
    assert ended.code == 0
    assert "shop" in ended.out
    assert ended.err == (
        "! rds: access denied (rds:DescribeDBInstances)\nThe rest is complete.\n1 resource, 3 calls, 0.4 s\n"
    )


def test_what_two_listings_tell_of_is_counted_once(shell: Shell, account: Account) -> None:
    account.resources = (resource("bucket", "b"), resource("bucket", "b"))
    assert "reading the account: 1 resource\r" in shell("inventory", answers="").err


def test_an_empty_account(shell: Shell) -> None:
    ended = shell("inventory")
    assert (ended.out, ended.err) == ("", "0 resources, 3 calls, 0.4 s\n")


def test_history(shell: Shell, account: Account) -> None:
    assert "Nothing has been done yet." in shell("history").out
    account.records = [record_of(bucket_plan()), record_of(bucket_plan(), failing=("bucket.my-data-bucket",))]
    header, done, failed = shell("history").out.splitlines()
    assert header.split() == ["ID", "WHEN", "STATUS", "STACK", "STEPS", "WHAT"]
    assert "1/1" in done
    assert "failed" in failed
    assert len(shell("history", "--limit", "1").out.splitlines()) == 2
