"""Whatever happens to an apply, the next one converges: no duplicate, no orphan, nothing lost.

Each n-th write is hit in turn: the process is killed with SIGKILL before the service sees it, or after the service did
it and before the answer is back (which is, for n + 1, also "after recording n"); or only the answer is lost.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.engine.accounts import count_all
from tests.faults import LOSE, Fault, FaultProxy, Request, nth_write

BUCKET = ("bucket", "acme-data", "--tag", "team=blue", "--archive-after-days", "30")
NETWORK = ("network", "main", "--tag", "team=blue")
Words = Sequence[str]


def execute(words: Words) -> list[str]:
    return [sys.executable, "-m", "genesys_tui.cli", "execute", *words, "--apply", "--yes"]


def environment(endpoint: str) -> dict[str, str]:
    return os.environ | {"AWS_ENDPOINT_URL": endpoint, "AWS_REGION": "eu-west-1"}


def genesys(words: Words, endpoint: str) -> subprocess.CompletedProcess[str]:
    """`genesys execute ... --apply --yes` as a process of its own."""
    return subprocess.run(
        execute(words), env=environment(endpoint), capture_output=True, text=True, timeout=120, check=False
    )


class Victim:
    """A process that is killed when the proxy says so."""

    def __init__(self, words: Words, endpoint: str) -> None:
        self.words = words
        self.endpoint = endpoint
        self.process: subprocess.Popen[bytes] | None = None

    def kill(self, request: Request) -> None:
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def run(self) -> int:
        quiet = subprocess.DEVNULL
        with subprocess.Popen(
            execute(self.words), env=environment(self.endpoint), stdout=quiet, stderr=quiet
        ) as self.process:
            return self.process.wait(timeout=120)


def settings_of(endpoint: str) -> Mapping[str, Any]:
    """The settings of the bucket."""
    s3 = boto3.client("s3", region_name="eu-west-1", endpoint_url=endpoint)
    ask = {"Bucket": "acme-data"}
    return {
        "versioning": s3.get_bucket_versioning(**ask)["Status"],
        "encryption": s3.get_bucket_encryption(**ask)["ServerSideEncryptionConfiguration"],
        "block": s3.get_public_access_block(**ask)["PublicAccessBlockConfiguration"],
        "tags": {tag["Key"] for tag in s3.get_bucket_tagging(**ask)["TagSet"]} - {"genesys:step", "genesys:stack"},
        "rules": s3.get_bucket_lifecycle_configuration(**ask)["Rules"],
    }


@pytest.fixture(params=[BUCKET, NETWORK], ids=["bucket", "network"])
def words(request: pytest.FixtureRequest) -> Words:
    chosen: Words = request.param
    return chosen


def undisturbed(words: Words, proxy: FaultProxy, aws: str) -> tuple[int, Mapping[str, Any]]:
    """How many writes it takes, and what it leaves, when nothing happens."""
    ended = genesys(words, proxy.url)
    assert ended.returncode == 0, ended.stderr
    writes = len(proxy.writes)
    left = count_all(aws)
    start_over(proxy, aws)
    return writes, left


def reset(endpoint: str) -> None:
    from urllib.request import Request as Ask
    from urllib.request import urlopen

    with urlopen(Ask(f"{endpoint}/moto-api/reset", method="POST")) as answer:
        assert answer.status == 200


def converge(words: Words, proxy: FaultProxy, aws: str, expected: Mapping[str, Any], what: str) -> None:
    """One re-run finishes, and one more sends no write."""
    proxy.clear()
    again = genesys(words, proxy.url)
    assert again.returncode == 0, f"{what}: {again.stderr}\n{again.stdout}"
    assert count_all(aws) == expected, what
    proxy.clear()
    once_more = genesys(words, proxy.url)
    assert once_more.returncode == 0, once_more.stderr
    assert [request.name for request in proxy.writes] == [], what
    if words is BUCKET:
        assert settings_of(aws)["tags"] == {"team"}


def disturb(words: Words, proxy: FaultProxy, aws: str, numbers: Sequence[int] | None) -> None:
    writes, expected = undisturbed(words, proxy, aws)
    for number in numbers or range(1, writes + 1):
        for moment in ("before", "after"):
            victim = Victim(words, proxy.url)
            before = Fault(forward=False, reset=True, before=victim.kill)
            fault = before if moment == "before" else Fault(after=victim.kill)
            proxy.fault = nth_write(number, fault)
            assert victim.run() == -signal.SIGKILL, f"write {number} was never sent"
            converge(words, proxy, aws, expected, f"killed {moment} write {number}")
            start_over(proxy, aws)


def start_over(proxy: FaultProxy, aws: str) -> None:
    reset(aws)
    proxy.clear()
    for state in (Path(os.environ["GENESYS_HOME"]) / "state").glob("*"):
        state.unlink()


def test_killed_at_a_write(words: Words, proxy: FaultProxy, aws: str) -> None:
    disturb(words, proxy, aws, (2,))


@pytest.mark.slow
def test_killed_at_every_write(words: Words, proxy: FaultProxy, aws: str) -> None:
    disturb(words, proxy, aws, None)


def lose(words: Words, proxy: FaultProxy, aws: str, numbers: Sequence[int] | None) -> None:
    writes, expected = undisturbed(words, proxy, aws)
    for number in numbers or range(1, writes + 1):
        proxy.fault = nth_write(number, LOSE)
        ended = genesys(words, proxy.url)
        assert ended.returncode in (0, 1), ended.stderr
        if ended.returncode == 0:
            assert count_all(aws) == expected, f"lost answer {number}"
        converge(words, proxy, aws, expected, f"lost answer {number}")
        start_over(proxy, aws)


def test_the_first_answer_is_lost(words: Words, proxy: FaultProxy, aws: str) -> None:
    lose(words, proxy, aws, (1,))


@pytest.mark.slow
def test_each_answer_is_lost(words: Words, proxy: FaultProxy, aws: str) -> None:
    lose(words, proxy, aws, None)
