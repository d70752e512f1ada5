"""A third of all calls fails: throttled, answered with 500, reset before or after they were done. One run converges or
stops naming what remains; at most two more finish; nothing is made twice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from genesys_tui.engine.model.resource import Desired, Wish
from genesys_tui.engine.workspace import Settings, Workspace, parse_intent
from tests.engine.accounts import count_all
from tests.faults import (
    FAIL_AFTER,
    LOSE,
    RESET,
    SERVER_ERROR,
    SLOW_DOWN,
    THROTTLE,
    Fault,
    FaultProxy,
    Faults,
    Request,
    deny,
    on,
)

INTENTS = (("network", "main"), *(("bucket", f"acme-{number}", "--tag", "team=blue") for number in range(6)))


def wish() -> Wish:
    resources: tuple[Desired, ...] = ()
    for words in INTENTS:
        resources += parse_intent(words).resources
    return Wish(resources, "a network and six buckets")


def storm(seed: int, share: float = 0.3) -> Faults:
    random = Random(seed)

    def fault(request: Request) -> Fault | None:
        if random.random() > share:
            return None
        throttle = SLOW_DOWN if request.service == "s3" else THROTTLE
        return random.choice((throttle, SERVER_ERROR, RESET, LOSE, FAIL_AFTER))

    return fault


def workspace(proxy: FaultProxy, home: Path) -> Workspace:
    return Workspace(Settings(region="eu-west-1", endpoint=proxy.url, home=home))


def apply_once(proxy: FaultProxy, home: Path) -> Sequence[str]:
    """One run as a user would: plan, apply if there is anything to do. What remains, by address."""
    opened = workspace(proxy, home)
    try:
        plan = opened.plan(wish())
        blocked = [finding.address for finding in plan.findings if finding.severity == "blocked"]
        if not plan.steps or blocked:
            return blocked
        record = opened.apply(plan).wait()
        return [step.address for step in record.steps if step.status != "done"]
    finally:
        opened.close()


def weather(proxy: FaultProxy, aws: str, home: Path, seed: int) -> None:
    expected_vpcs = count_all(aws)["vpcs"] + 1
    for _run in range(3):
        proxy.fault = storm(seed)
        seed += 1_000
        if not apply_once(proxy, home):
            break
    proxy.clear()
    assert apply_once(proxy, home) == [], "three runs did not finish it"
    assert proxy.writes == []
    left = count_all(aws)
    assert left["buckets"] == sorted(f"acme-{number}" for number in range(6))
    assert (left["vpcs"], left["gateways"], left["subnets"]) == (expected_vpcs, 1, 4 + 3)


def test_a_third_of_all_calls_fails(proxy: FaultProxy, aws: str, world: Path) -> None:
    weather(proxy, aws, world / "state", seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 14))
def test_many_storms(proxy: FaultProxy, aws: str, world: Path, seed: int) -> None:
    weather(proxy, aws, world / "state", seed)


def test_a_denied_call_names_the_missing_action_and_stops_only_what_needs_it(proxy: FaultProxy, world: Path) -> None:
    proxy.fault = on("PutBucketEncryption", deny())
    opened = workspace(proxy, world / "state")
    try:
        record = opened.apply(opened.plan(wish())).wait()
    finally:
        opened.close()
    failed = record.at("failed")
    assert {step.address for step in failed} == {f"bucket.acme-{number}" for number in range(6)}
    assert all("s3:PutEncryptionConfiguration" in step.why for step in failed)
    assert [step.address for step in record.at("done")] == ["network.main"]
