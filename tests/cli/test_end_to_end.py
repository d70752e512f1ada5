"""`genesys` as people run it: a process of its own, against a server that it knows only by AWS_ENDPOINT_URL."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.cli_shell import Ended, Shell
from tests.faults import FaultProxy, deny, on

MAIN = "import sys; from genesys_tui.cli.main import main; sys.exit(main())"
BUCKET = ("execute", "bucket", "my-data-bucket")
STACK_FILE = """\
resources:
  storage:
    - name: web-assets
      type: bucket
      versioning: on
    - name: web-logs
      type: bucket
"""


@dataclass(frozen=True)
class Process:
    """`process("plan")`: a process of its own, with nobody at the keyboard."""

    folder: Path

    def __call__(self, *words: str) -> Ended:
        ended = subprocess.run(
            [sys.executable, "-c", MAIN, *words],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert "Traceback" not in ended.stderr, ended.stderr
        return Ended(ended.returncode, ended.stdout, ended.stderr)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that commands run in."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def process(folder: Path) -> Process:
    return Process(folder)


@pytest.fixture
def genesys(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """The same in this process, where it is faster."""
    assert Path.cwd() == folder
    return Shell(monkeypatch)


def buckets(inventory: Ended) -> list[str]:
    """The names of the buckets of an inventory."""
    resources = inventory.document["resources"]
    assert isinstance(resources, list)
    return [one["name"] for one in resources if one["kind"] == "bucket"]


def test_a_bucket_from_words_to_undone(process: Process, genesys: Shell, proxy: FaultProxy) -> None:
    preview = process(*BUCKET)
    assert preview.code == 0, preview.err
    assert preview.out.startswith("Plan: Deploy secure S3 bucket 'my-data-bucket'\n\nWhat will happen:\n1. Create S3")
    assert "Permissions needed:\n- s3:CreateBucket\n" in preview.out
    assert "\nEstimated cost: ~$0.023/GB per month\nTime to complete: ~" in preview.out
    assert not proxy.writes

    applied = process(*BUCKET, "--apply", "--yes", "--json")
    assert applied.code == 0, applied.err
    execution = applied.document["execution"]
    assert isinstance(execution, dict)
    assert execution["status"] == "done"
    assert execution["writes"] == len(proxy.writes) > 0

    proxy.clear()
    again = process(*BUCKET, "--apply", "--yes", "--json")
    assert (again.code, again.document["changes"]) == (0, 0)
    assert "execution" not in again.document
    assert not proxy.writes

    assert f"genesys undo {execution['id']} --apply" in genesys("undo").out
    assert not proxy.writes
    undone = process("undo", "--apply", "--yes", "--allow-data-loss")
    assert undone.code == 0, undone.err
    assert "s3:DeleteBucket" in [request.name for request in proxy.writes]
    assert not buckets(genesys("inventory", "--json"))
    history = genesys("history", "--json").document["executions"]
    assert isinstance(history, list)
    assert [one["undoes"] for one in history] == [execution["id"], None]


def test_previews_send_no_write(genesys: Shell, proxy: FaultProxy) -> None:
    Path("genesys.yaml").write_text(STACK_FILE)
    assert genesys("apply", "--yes").code == 0
    proxy.clear()
    for words in (
        ("execute", "network", "main"),
        ("execute", "bucket", "web-assets", "--versioning", "off", "--stack", "work"),
        ("execute", "bucket", "web-assets", "--adopt", "--stack", "work"),
        ("execute", "genesys.yaml"),
        ("plan", "--out", "later.plan"),
        ("destroy",),
        ("undo",),
        ("inventory",),
        ("history",),
    ):
        ended = genesys(*words)
        assert ended.code == 0, (words, ended.err)
    assert genesys("execute", "bucket", "web-assets", "--adopt").code == 3  # the file's stack has it
    assert proxy.requests
    assert not proxy.writes


def test_what_exists_is_not_taken_unasked(genesys: Shell, proxy: FaultProxy) -> None:
    assert genesys(*BUCKET, "--apply", "--yes").code == 0
    proxy.clear()
    other = (*BUCKET, "--stack", "other", "--apply", "--yes")
    refused = genesys(*other)
    assert refused.code == 3
    assert "--adopt" in refused.out
    assert not proxy.writes
    assert genesys(*other, "--adopt").code in {0, 3}


@pytest.mark.usefixtures("aws")
def test_a_stack_file_is_applied_and_destroyed(genesys: Shell) -> None:
    Path("genesys.yaml").write_text(STACK_FILE)
    plan = genesys("plan", "--json", "--detailed-exitcode")
    assert (plan.code, plan.document["changes"]) == (2, 2)
    assert genesys("apply", "--yes").code == 0
    assert genesys("plan", "--detailed-exitcode").code == 0
    assert "To apply: genesys destroy --apply --stack work" in genesys("destroy").out
    assert genesys("destroy", "--apply", "--yes", "--allow-data-loss").code == 0
    assert not buckets(genesys("inventory", "--json"))


def test_a_saved_plan_is_applied_once_and_then_refused(genesys: Shell, proxy: FaultProxy) -> None:
    Path("genesys.yaml").write_text(STACK_FILE)
    saved = genesys("plan", "--out", "monday.plan")
    assert "To apply: genesys apply monday.plan" in saved.out
    assert genesys("apply", "monday.plan", "--yes").code == 0
    proxy.clear()
    assert genesys("apply", "monday.plan", "--yes").code == 1
    assert not proxy.writes


def test_a_denied_call_names_what_is_missing(genesys: Shell, proxy: FaultProxy) -> None:
    proxy.fault = on("PutBucketVersioning", deny())
    ended = genesys(*BUCKET, "--apply", "--yes")
    assert ended.code == 1
    assert "s3:PutBucketVersioning is missing" in ended.err
    assert "To go on: genesys execute bucket my-data-bucket --apply" in ended.out
    proxy.clear()
    assert genesys(*BUCKET, "--apply", "--yes").code == 0
    assert "s3:CreateBucket" not in proxy.names


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\xff\xfe",
        b"resources: &a [*a]\n",
        b"resources:\n  storage:\n    - {name: web-assets, type: bucket, versionin: on}\n",
        b"resources:\n  storage:\n    - {name: NOT_A_BUCKET, type: bucket}\n",
        b"resources:\n  storage:\n    - {name: web-assets, type: bucket, versioning: [1]}\n",
        b"resources:\n  storage:\n    - {name: web-assets, type: bucket, tags: {a: '${bucket.none.arn}'}}\n",
    ],
)
def test_a_bad_file_is_refused_with_its_place(genesys: Shell, proxy: FaultProxy, content: bytes) -> None:
    Path("genesys.yaml").write_bytes(content)
    ended = genesys("execute", "genesys.yaml", "--apply", "--yes")
    assert ended.code == 1
    assert "genesys.yaml" in ended.err
    assert not proxy.requests


@pytest.mark.parametrize(
    "words",
    [
        ("execute", "buckt", "my-data"),
        ("execute", "bucket", "UPPER"),
        ("execute", "bucket", "my-data", "--versionin", "on"),
        ("execute", "bucket"),
        ("undo", "no-such-execution"),
        ("destroy", "bucket.none"),
    ],
)
def test_bad_words_are_64(genesys: Shell, proxy: FaultProxy, words: tuple[str, ...]) -> None:
    ended = genesys(*words)
    assert ended.code == 64, ended.err
    assert not proxy.writes


def test_a_file_that_is_not_there(genesys: Shell) -> None:
    ended = genesys("execute", "missing.yaml")
    assert ended.code == 64
    assert "missing.yaml" in ended.err


@pytest.mark.usefixtures("aws")
def test_no_credentials(genesys: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    ended = genesys("inventory", "--json")
    assert ended.code == 1
    assert isinstance(ended.document["error"], dict)


@pytest.mark.usefixtures("aws")
def test_somebody_at_a_terminal_is_asked(folder: Path) -> None:
    """Over a pseudo terminal: the plan, the question, the answer, the end."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", MAIN, *BUCKET, "--apply"], cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    seen = b""
    while b"[y/N]" not in seen:
        seen += os.read(ours, 4096)
    os.write(ours, b"y\n")
    while b"To take it back: genesys undo" not in seen:
        seen += os.read(ours, 4096)
    assert process.wait(60) == 0
    os.close(ours)
    assert b"What will happen:" in seen
