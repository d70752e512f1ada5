"""`--json`: one document on stdout, of a shape that scripts rely on, and nothing else there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from genesys_tui.engine.model.call import Call
from genesys_tui.engine.model.errors import LockedError, Problem, WishError
from genesys_tui.engine.model.plan import Conflict
from genesys_tui.engine.model.resource import Mark
from tests.cli.cli_fakes import (
    Account,
    blocked_plan,
    bucket_plan,
    dangerous_plan,
    document_of,
    idle_plan,
    record_of,
    resource,
)
from tests.cli.cli_shell import Shell

PLAN_KEYS = {"summary", "changes", "steps", "permissions", "cost", "duration_seconds", "findings"}


def test_a_plan(shell: Shell) -> None:
    ended = shell("execute", "bucket", "b", "--json")
    assert (ended.code, ended.err) == (0, "")
    document = ended.document
    assert set(document) == PLAN_KEYS
    assert document["changes"] == 1
    assert document["permissions"] == {
        "actions": ["s3:CreateBucket", "s3:PutBucketVersioning"],
        "policy": {"Version": "2012-10-17"},
    }
    assert document["steps"] == [
        {
            "action": "create",
            "resource": "bucket.my-data-bucket",
            "id": None,
            "needs": [],
            "reversal": {"kind": "reversible", "why": ""},
            "lines": [
                {
                    "sentence": "Create S3 bucket 'my-data-bucket'",
                    "reason": "Store your application data securely",
                    "calls": [
                        {
                            "service": "s3",
                            "operation": "CreateBucket",
                            "params": {"Bucket": "my-data-bucket"},
                            "permissions": ["s3:CreateBucket"],
                        }
                    ],
                },
                {
                    "sentence": "Enable versioning on bucket",
                    "reason": "Protect against accidental deletion",
                    "calls": [
                        {
                            "service": "s3",
                            "operation": "PutBucketVersioning",
                            "params": {
                                "Bucket": {"$output": "bucket.my-data-bucket.id"},
                                "Owner": {"$token": True},
                                "Body": "AA==",
                            },
                            "permissions": ["s3:PutBucketVersioning"],
                        }
                    ],
                },
            ],
        }
    ]
    assert document["cost"] == {
        "low": 0.0,
        "typical": 0.0,
        "high": 0.0,
        "currency": "USD",
        "assumptions": [],
        "unknown": [],
    }


def test_params_of_every_type_become_json() -> None:
    call = Call("s3", "X", {"When": datetime(2026, 11, 20, tzinfo=UTC), "List": ({"A": None}, 1.5), "On": True})
    plan = bucket_plan()
    line = replace(plan.steps[0].lines[0], calls=(call,))
    step = document_of(replace(plan, steps=(replace(plan.steps[0], lines=(line,)),)))["steps"]
    assert isinstance(step, list)
    params = step[0]["lines"][0]["calls"][0]["params"]
    assert params == {"When": "2026-11-20T00:00:00+00:00", "List": [{"A": None}, 1.5], "On": True}


def test_conflicts_are_findings() -> None:
    plan = replace(idle_plan(), conflicts=(Conflict("bucket.b", "versioning changed"),))
    assert document_of(plan)["findings"] == [
        {"severity": "warning", "resource": "bucket.b", "message": "versioning changed", "fix": ""}
    ]


def test_nothing_to_do_is_a_document_too(shell: Shell, account: Account) -> None:
    account.planned = idle_plan()
    document = shell("execute", "bucket", "b", "--json").document
    assert (document["changes"], document["steps"]) == (0, [])


def test_after_an_apply(shell: Shell) -> None:
    ended = shell("execute", "bucket", "b", "--apply", "--yes", "--json")
    assert ended.code == 0
    assert set(ended.document) == {*PLAN_KEYS, "execution"}
    assert ended.document["execution"] == {
        "id": "e1",
        "status": "done",
        "calls": 4,
        "writes": 2,
        "seconds": 1.25,
        "outputs": {"bucket.my-data-bucket": {"arn": "arn:aws:s3:::my-data-bucket"}},
        "failed": [],
    }
    assert "✓ bucket.my-data-bucket" in ended.err


def test_after_a_failed_apply(shell: Shell, account: Account) -> None:
    account.record = record_of(bucket_plan(), failing=("bucket.my-data-bucket",))
    ended = shell("execute", "bucket", "b", "--apply", "--yes", "--json")
    assert ended.code == 1
    execution = ended.document["execution"]
    assert isinstance(execution, dict)
    assert (execution["status"], execution["outputs"]) == ("failed", {})
    assert execution["failed"] == [
        {
            "resource": "bucket.my-data-bucket",
            "action": "create",
            "status": "failed",
            "why": "access denied, s3:CreateBucket is missing",
        }
    ]


def test_asking_happens_on_stderr_with_the_plan_in_sight(shell: Shell) -> None:
    ended = shell("execute", "bucket", "b", "--apply", "--json", answers="y\n")
    assert ended.code == 0
    assert "execution" in ended.document
    assert "What will happen:" in ended.err
    assert "Apply this?" in ended.err


def test_blocked(shell: Shell, account: Account) -> None:
    account.planned = blocked_plan()
    ended = shell("execute", "bucket", "b", "--apply", "--yes", "--json")
    assert ended.code == 3
    assert ended.document["findings"] == [
        {
            "severity": "blocked",
            "resource": "bucket.my-data-bucket",
            "message": "it exists and is not managed",
            "fix": "take it over with --adopt",
        }
    ]


def test_an_error(shell: Shell, account: Account) -> None:
    account.planned = LockedError("bucket.b is locked", why="ann changes it", todo="wait", command="genesys history")
    ended = shell("execute", "bucket", "b", "--json")
    assert (ended.code, ended.err) == (4, "")
    assert ended.document == {
        "error": {
            "what": "bucket.b is locked",
            "why": "ann changes it",
            "todo": "wait",
            "command": "genesys history",
            "problems": [],
        }
    }


def test_mistakes_carry_their_places(shell: Shell, account: Account) -> None:
    problems = (Problem(Mark("genesys.yaml", 3, 5, "storage.a"), "unknown key", "size"), Problem(None, "no name"))
    account.planned = WishError("mistakes", problems)
    error = shell("execute", "genesys.yaml", "--json").document["error"]
    assert isinstance(error, dict)
    assert error["problems"] == [
        {
            "place": {"file": "genesys.yaml", "line": 3, "column": 5, "path": "storage.a"},
            "what": "unknown key",
            "fix": "size",
        },
        {"place": None, "what": "no name", "fix": ""},
    ]


@pytest.mark.parametrize("words", [("exeucte", "--json"), ("--json", "plan", "--nonsense"), ("drift", "--json")])
def test_errors_of_words_are_documents_too(shell: Shell, words: tuple[str, ...]) -> None:
    ended = shell(*words)
    assert (ended.code, ended.err) == (64, "")
    assert set(ended.document) == {"error"}


def test_losing_data_is_refused_in_one_document(shell: Shell, account: Account) -> None:
    account.planned = dangerous_plan()
    ended = shell("destroy", "--apply", "--yes", "--json")
    assert (ended.code, ended.err) == (64, "")
    assert set(ended.document) == {"error"}


def test_an_inventory(shell: Shell, account: Account) -> None:
    account.resources = (resource("bucket", "a[/x]", tags={"team": "web"}, stack="shop"), resource("queue", "q"))
    account.errors = ("rds: access denied (rds:DescribeDBInstances)",)
    ended = shell("inventory", "--json")
    assert ended.code == 0
    assert ended.document == {
        "account": "123456789012",
        "region": "eu-west-1",
        "resources": [
            {
                "kind": "bucket",
                "id": "a[/x]-id",
                "arn": "arn:aws:x:::a[/x]",
                "name": "a[/x]",
                "region": "eu-west-1",
                "account": "123456789012",
                "tags": {"team": "web"},
                "managed": True,
                "of_aws": None,
                "owner": None,
                "adoption": None,
                "suggestions": [],
            },
            {
                "kind": "queue",
                "id": "q-id",
                "arn": "arn:aws:x:::q",
                "name": "q",
                "region": "eu-west-1",
                "account": "123456789012",
                "tags": {},
                "managed": False,
                "of_aws": None,
                "owner": None,
                "adoption": None,
                "suggestions": [],
            },
        ],
        "calls": 3,
        "seconds": 0.4,
        "errors": ["rds: access denied (rds:DescribeDBInstances)"],
        "read_at": "2026-11-20T12:00:00+00:00",
    }


def test_a_history(shell: Shell, account: Account) -> None:
    account.records = [record_of(bucket_plan())]
    assert shell("history", "--json").document == {
        "executions": [
            {
                "id": "e1",
                "title": "Deploy secure S3 bucket 'my-data-bucket'",
                "stack": "default",
                "region": "eu-west-1",
                "started": "2026-11-20T12:00:00+00:00",
                "status": "done",
                "undoes": None,
                "undone_by": None,
                "calls": 4,
                "writes": 2,
                "seconds": 1.25,
                "steps": [{"resource": "bucket.my-data-bucket", "action": "create", "status": "done", "why": ""}],
            }
        ]
    }


def test_the_version(shell: Shell) -> None:
    assert set(shell("version", "--json").document) == {"version"}


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (("help",), "help"),
        (("help", "plan"), "help"),
        (("plan", "--help"), "help"),
        (("--help",), "help"),
        (("execute", "-h", "bucket"), "help"),
        (("completion", "bash"), "completion"),
        (("version",), "version"),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_explanations_are_documents_too(shell: Shell, words: tuple[str, ...], key: str, first: bool) -> None:
    ended = shell(*(("--json", *words) if first else (*words, "--json")))
    assert (ended.code, ended.err) == (0, "")
    assert list(ended.document) == [key]


def test_an_interrupt_is_a_document(shell: Shell, account: Account) -> None:
    account.planned = KeyboardInterrupt()
    ended = shell("execute", "bucket", "b", "--json")
    assert ended.code == 130
    assert ended.document == {"error": {"what": "interrupted", "why": "", "todo": "", "command": "", "problems": []}}


def test_a_bug_is_a_document_and_its_trace_a_message(shell: Shell, account: Account) -> None:
    account.planned = IndexError("tuple index out of range")
    ended = shell("execute", "bucket", "b", "--json")
    assert ended.code == 1
    assert set(ended.document) == {"error"}
    assert ended.err.startswith("Traceback (most recent call last):")
    ended = shell("execute", "bucket", "b")
    assert ended.out == ""
    assert "Error: a bug in Genesys\nWhy: IndexError: tuple index out of range\n" in ended.err
