"""Undo as a law, over random histories of ours and of others: it never deletes what it did not create, never reverts
what others changed since, and puts back everything else. The judge knows nothing of our records: it only compares what
boto3 sees before and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import Request, urlopen

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.workspace import Settings, Workspace, parse_intent

NAMES = ("acme-one", "acme-two")
World = Mapping[str, Mapping[str, Any]]

OPTIONS = (
    ("--versioning", "on"),
    ("--versioning", "off"),
    ("--public-access", "on"),
    ("--delete-after-days", "30"),
    ("--delete-after-days", "90"),
    ("--tag", "team=blue"),
    ("--tag", "team=red"),
    ("--tag", "cost=1"),
)

name = st.sampled_from(NAMES)
apply = st.tuples(st.just("apply"), name, st.lists(st.sampled_from(OPTIONS), max_size=2, unique_by=lambda o: o[0]))
adopt = st.tuples(st.just("adopt"), name, st.lists(st.sampled_from(OPTIONS), max_size=1))
outside = st.tuples(
    st.just("outside"), name, st.sampled_from(("make", "remove", "suspend", "enable", "tag", "untag", "rule", "open"))
)
destroy = st.tuples(st.just("destroy"), name)
undo = st.tuples(st.just("undo"), st.integers(0, 3))
histories = st.lists(st.one_of(apply, apply, adopt, outside, outside, undo, undo, destroy), min_size=2, max_size=9)


class Account:
    """What others see and do: boto3, straight."""

    def __init__(self, s3: Any) -> None:
        self.s3 = s3

    def look(self) -> World:
        return {bucket["Name"]: self._look(bucket) for bucket in self.s3.list_buckets()["Buckets"]}

    def _look(self, bucket: Mapping[str, Any]) -> dict[str, Any]:
        """Suspended and never on are alike: either way no version of an object is kept from now on."""
        ask = {"Bucket": bucket["Name"]}
        versioned = self.s3.get_bucket_versioning(**ask).get("Status") == "Enabled"
        seen: dict[str, Any] = {"created": bucket["CreationDate"], "versioning": versioned}
        seen["encryption"] = self._or_none(self.s3.get_bucket_encryption, ask, "ServerSideEncryptionConfiguration")
        seen["block"] = self._or_none(self.s3.get_public_access_block, ask, "PublicAccessBlockConfiguration")
        rules = self._or_none(self.s3.get_bucket_lifecycle_configuration, ask, "Rules") or []
        tags = self._or_none(self.s3.get_bucket_tagging, ask, "TagSet") or []
        seen |= {f"rule {rule['ID']}": rule for rule in rules} | {f"tag {tag['Key']}": tag["Value"] for tag in tags}
        return seen

    def _or_none(self, call: Callable[..., Any], ask: Mapping[str, str], key: str) -> Any:
        try:
            return call(**ask)[key]
        except self.s3.exceptions.ClientError:
            return None

    def change(self, bucket: str, what: str) -> None:
        here = bucket in self.look()
        if here == (what == "make"):
            return
        ask = {"Bucket": bucket}
        match what:
            case "make":
                self.s3.create_bucket(**ask, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
            case "remove":
                self.s3.delete_bucket(**ask)
            case "suspend" | "enable":
                status = {"Status": "Suspended" if what == "suspend" else "Enabled"}
                self.s3.put_bucket_versioning(**ask, VersioningConfiguration=status)
            case "tag":
                tags = {t["Key"]: t["Value"] for t in self._or_none(self.s3.get_bucket_tagging, ask, "TagSet") or []}
                tags |= {"team": "theirs", "owner": "someone"}
                tag_set = [{"Key": key, "Value": value} for key, value in tags.items()]
                self.s3.put_bucket_tagging(**ask, Tagging={"TagSet": tag_set})
            case "untag":
                self.s3.delete_bucket_tagging(**ask)
            case "rule":
                rules = self._or_none(self.s3.get_bucket_lifecycle_configuration, ask, "Rules") or []
                theirs = {"ID": "theirs", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 7}}
                kept = [rule for rule in rules if rule["ID"] != "theirs"]
                self.s3.put_bucket_lifecycle_configuration(**ask, LifecycleConfiguration={"Rules": [*kept, theirs]})
            case "open":
                self.s3.delete_public_access_block(**ask)


class History:
    """Our side: every execution with the world before and after it."""

    def __init__(self, workspace: Workspace, account: Account) -> None:
        self.workspace = workspace
        self.account = account
        self.done: list[tuple[str, World, World]] = []

    def play(self, event: Any) -> None:
        match event:
            case ("outside", bucket, what):
                self.account.change(bucket, what)
            case ("apply", bucket, options):
                self._do(("bucket", bucket, *(word for option in options for word in option)))
            case ("adopt", bucket, options):
                self._do(("adopt", "bucket", bucket, *(word for option in options for word in option)))
            case ("destroy", bucket):
                self._apply(lambda: self.workspace.plan_destroy(addresses=(f"bucket.{bucket}",)))
            case ("undo", back) if self.done:
                self._undo(*self.done[max(0, len(self.done) - 1 - back)])

    def _do(self, words: tuple[str, ...]) -> None:
        self._apply(lambda: self.workspace.plan(parse_intent(words)))

    def _apply(self, make: Callable[[], Any]) -> None:
        try:
            plan = make()
        except GenesysError:
            return
        if plan.steps and not plan.blocked:
            before = self.account.look()
            record = self.workspace.apply(plan).wait()
            assert record.status == "done", record.steps
            self.done.append((record.id, before, self.account.look()))

    def _undo(self, execution: str, before: World, after: World) -> None:
        start = self.account.look()
        try:
            plan = self.workspace.plan_undo(execution)
        except GenesysError:
            return
        if not plan.steps or plan.blocked:
            return
        record = self.workspace.apply(plan).wait()
        assert record.status == "done", record.steps
        end = self.account.look()
        reported = {conflict.address for conflict in plan.conflicts}
        for bucket in NAMES:
            judge(
                before.get(bucket),
                after.get(bucket),
                start.get(bucket),
                end.get(bucket),
                f"bucket.{bucket}" in reported,
            )
        self.done.append((record.id, start, end))


def judge(before: Any, after: Any, start: Any, end: Any, reported: bool) -> None:
    """`before` and `after` the execution, at the `start` and `end` of its undo; None where there is no bucket."""
    if start is not None and end is None:
        assert before is None and after is not None, "deleted what it did not create"
        assert start == after, "deleted what others changed since"
    elif start is None and end is not None:
        assert before is not None and after is None, "made what the execution did not delete"
        assert _less(end) == _less(before), "did not bring back what there was"
    elif start is not None and end is not None:
        for field in {*start, *end}:
            was, left = (before or {}).get(field), (after or {}).get(field)
            if start.get(field) != end.get(field):
                assert start.get(field) == left, f"reverted {field}, which others changed since"
                assert end.get(field) == was, f"{field} was put back to something else"
            elif was != left and start.get(field) == left and before is not None and after is not None:
                assert reported, f"{field} was not put back, and nothing was said"


def _less(seen: Mapping[str, Any]) -> dict[str, Any]:
    """Without what a new bucket can't have again: its date and our own tags."""
    kept = {key: value for key, value in seen.items() if key != "created" and not key.startswith("tag genesys:")}
    return {key: value for key, value in kept.items() if value is not None}


def play(endpoint: str, reset: Callable[[], None], s3: Any, events: Any) -> None:
    reset()
    with TemporaryDirectory() as home:
        workspace = Workspace(Settings(region="eu-west-1", endpoint=endpoint, home=Path(home)))
        try:
            history = History(workspace, Account(s3))
            for event in events:
                history.play(event)
        finally:
            workspace.close()


# A history takes a second: shrinking one would take minutes, and the histories are short already.
quick = settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
long = settings(quick, max_examples=300)


@pytest.fixture
def s3(aws: str) -> Any:
    import boto3

    return boto3.client("s3", region_name="eu-west-1", endpoint_url=aws)


def reset(endpoint: str) -> None:
    with urlopen(Request(f"{endpoint}/moto-api/reset", method="POST")) as answer:
        assert answer.status == 200


@quick
@example(events=[("apply", "acme-one", [("--versioning", "off")]), ("outside", "acme-one", "suspend"), ("undo", 0)])
@given(events=histories)
def test_undo_is_never_more_than_the_taking_back_of_what_was_done(aws: str, s3: Any, events: Any) -> None:
    play(aws, lambda: reset(aws), s3, events)


@pytest.mark.slow
@long
@given(events=histories)
def test_undo_over_many_more_histories(aws: str, s3: Any, events: Any) -> None:
    play(aws, lambda: reset(aws), s3, events)
