"""The session against an AWS over HTTP, when nothing goes wrong but what AWS refuses."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Barrier, Lock
from typing import Any

import pytest
from boto3.s3.transfer import S3Transfer
from botocore.exceptions import ClientError

from genesys_tui.engine.model.call import Call, Params, read
from genesys_tui.engine.model.errors import CallError, GenesysError, NoCredentialsError, UsageError
from genesys_tui.engine.model.identity import Target
from genesys_tui.engine.model.kind import Found, Reading
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.providers.aws.session import Session
from tests.faults import Fault, FaultProxy, Request, deny, on

CREATE = Call("s3", "CreateBucket")
BUCKETS = read("s3", "ListBuckets")


@pytest.fixture
def session(proxy: FaultProxy) -> Iterator[Session]:
    """One that may write."""
    session = Session(Target(endpoint=proxy.url), read_only=False)
    yield session
    session.close()


@pytest.fixture
def reader(proxy: FaultProxy) -> Iterator[Session]:
    """One that may only read."""
    session = Session(Target(endpoint=proxy.url))
    yield session
    session.close()


def asks(call: Call) -> Reading[Any]:
    return (yield call)


def bucket_names(session: Session) -> list[str]:
    answer = session.send(BUCKETS, {}) or {}
    return [bucket["Name"] for bucket in answer["Buckets"]]


# who and where --------------------------------------------------------------------------------------------------------
def test_it_is_asked_once_who_we_are(session: Session, proxy: FaultProxy) -> None:
    assert proxy.requests == []
    identity = session.identity()
    assert (identity.account, identity.region, identity.profile) == ("123456789012", "us-east-1", "default")
    assert identity.endpoint == proxy.url
    assert session.identity() == identity
    assert proxy.names == ["sts:GetCallerIdentity"]


def test_the_region_is_what_was_asked_for_else_what_is_configured(monkeypatch: pytest.MonkeyPatch, world: Path) -> None:
    assert Session(Target(region="eu-west-1")).region == "eu-west-1"
    assert Session(Target()).region == "us-east-1"
    monkeypatch.delenv("AWS_REGION")
    (world / "aws-config").write_text("[profile work]\nregion = eu-central-1\n")
    assert Session(Target(profile="work")).region == "eu-central-1"


def test_no_region_says_how_to_name_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    with pytest.raises(UsageError) as raised:
        Session(Target()).identity()
    assert "--region" in raised.value.todo
    assert "AWS_REGION" in raised.value.todo


def test_no_credentials_says_what_to_do(session: Session, monkeypatch: pytest.MonkeyPatch, proxy: FaultProxy) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(NoCredentialsError) as raised:
        session.identity()
    for word in ("aws configure", "aws sso login", "--profile", "genesys-tui --demo"):
        assert word in raised.value.todo
    assert proxy.requests == []


@pytest.mark.parametrize(
    ("code", "command"),
    [("ExpiredToken", "aws sso login --profile work"), ("InvalidClientTokenId", "aws configure")],
)
def test_credentials_that_aws_does_not_take(
    proxy: FaultProxy, world: Path, code: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    (world / "aws-config").write_text("[profile work]\naws_access_key_id = AKIA\naws_secret_access_key = x\n")
    proxy.fault = on("GetCallerIdentity", Fault(forward=False, status=403, code=code, message="not these"))
    session = Session(Target(profile="work"))
    with pytest.raises(NoCredentialsError, match="not these") as raised:
        session.identity()
    session.close()
    assert raised.value.command == command


def test_a_profile_that_is_not_there() -> None:
    with pytest.raises(NoCredentialsError, match="nobody"):
        Session(Target(profile="nobody", region="us-east-1")).identity()


@pytest.mark.parametrize("target", [Target(endpoint="no url"), Target(region="no region")])
def test_settings_that_can_not_be_used(target: Target) -> None:
    with pytest.raises(GenesysError, match="AWS settings"):
        Session(target).identity()


def test_an_assumed_role_is_no_matter_of_read_only(proxy: FaultProxy, world: Path) -> None:
    (world / "aws-config").write_text(
        "[profile role]\nrole_arn = arn:aws:iam::123456789012:role/reader\ncredential_source = Environment\n"
    )
    session = Session(Target(profile="role"))
    assert session.identity().profile == "role"
    session.close()
    assert proxy.names == ["sts:AssumeRole", "sts:GetCallerIdentity"]
    assert session.counts.by_operation == {"sts:GetCallerIdentity": 1}


# sending --------------------------------------------------------------------------------------------------------------
def test_calls_are_answered_and_counted(session: Session, proxy: FaultProxy) -> None:
    answer = session.send(CREATE, {"Bucket": "dotted.name"})
    assert answer == {"Location": "/dotted.name"}
    assert bucket_names(session) == ["dotted.name"]
    assert session.counts.calls == len(proxy.requests) == 2
    assert session.counts.writes == len(proxy.writes) == 1
    assert session.counts.by_operation == {"s3:CreateBucket": 1, "s3:ListBuckets": 1}


def test_a_named_host_is_asked_by_path(proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url.replace("127.0.0.1", "localhost"))
    session = Session(Target(), read_only=False)
    session.send(CREATE, {"Bucket": "no-host-of-its-own"})
    session.close()
    assert proxy.requests[0].path == "/no-host-of-its-own"


def test_a_call_may_name_its_region(session: Session, proxy: FaultProxy) -> None:
    session.send(BUCKETS, {})
    session.send(replace(BUCKETS, region="eu-west-1"), {})
    signed_for = [request.headers["Authorization"].split("/")[2] for request in proxy.requests]
    assert signed_for == ["us-east-1", "eu-west-1"]


def test_an_absent_code_is_none_and_any_other_is_an_error(session: Session) -> None:
    head = {"Bucket": "nowhere"}
    assert session.send(read("s3", "HeadBucket", absent_on=("404",)), head) is None
    assert session.send(read("s3", "ListObjectsV2", absent_on=("NoSuchBucket",), paginate=True), head) is None
    with pytest.raises(CallError) as raised:
        session.send(read("s3", "HeadBucket", absent_on=("NoSuchBucket",)), head)
    assert (raised.value.failure, raised.value.code) == ("refused", "404")


def test_pages_are_merged(session: Session, proxy: FaultProxy) -> None:
    session.send(CREATE, {"Bucket": "full"})
    keys = [f"key-{number}" for number in range(5)]
    for key in keys:
        session.send(Call("s3", "PutObject"), {"Bucket": "full", "Key": key, "Body": b""})
    answer = session.send(read("s3", "ListObjectsV2", paginate=True), {"Bucket": "full", "MaxKeys": 2}) or {}
    assert [each["Key"] for each in answer["Contents"]] == keys
    assert proxy.names.count("s3:ListObjectsV2") == session.counts.by_operation["s3:ListObjectsV2"] == 3


def test_what_botocore_itself_refuses_is_an_error_and_not_sent(session: Session, proxy: FaultProxy) -> None:
    with pytest.raises(CallError, match="Invalid bucket name") as raised:
        session.send(CREATE, {"Bucket": "No Name"})
    assert raised.value.failure == "refused"
    assert proxy.requests == []


# readings -------------------------------------------------------------------------------------------------------------
def test_readings_run_side_by_side_and_the_error_of_one_is_its_own(session: Session, proxy: FaultProxy) -> None:
    found: list[Actual] = []

    def buckets() -> Reading[int]:
        answer = yield read("s3", "ListBuckets", paginate=True)
        yield Found(tuple(Actual("bucket", each["Name"], each["Name"], "?") for each in answer["Buckets"]))
        encryption, tags = yield [
            read("s3", "GetBucketEncryption", {"Bucket": "one"}),
            read("s3", "GetBucketTagging", {"Bucket": "one"}, absent_on=("NoSuchTagSet",)),
        ]
        assert isinstance(encryption, CallError)
        assert encryption.action == "s3:GetEncryptionConfiguration"
        assert tags is None
        return len(answer["Buckets"])

    session.send(CREATE, {"Bucket": "one"})
    denied = deny("User: arn:aws:iam::1:user/me is not authorized to perform: ec2:DescribeVpcs on it")
    faults = {"DescribeVpcs": denied, "GetBucketEncryption": deny()}
    proxy.fault = lambda request: faults.get(request.operation)
    count, error = session.run([buckets(), asks(read("ec2", "DescribeVpcs"))], on_found=found.extend)
    assert count == 1
    assert [actual.name for actual in found] == ["one"]
    assert isinstance(error, CallError)
    assert (error.failure, error.action) == ("denied", "ec2:DescribeVpcs")
    assert "ec2:DescribeVpcs is missing" in str(error)


def test_ask_raises_what_the_reading_ended_with(session: Session) -> None:
    assert session.ask(asks(BUCKETS))["Buckets"] == []
    with pytest.raises(CallError):
        session.ask(asks(read("s3", "GetBucketTagging", {"Bucket": "nowhere"})))


def test_reads_that_are_alike_leave_once(session: Session, proxy: FaultProxy) -> None:
    session.run([asks(read("ec2", "DescribeVpcs")) for _ in range(20)])
    assert proxy.names == ["ec2:DescribeVpcs"]


def test_no_more_calls_are_under_way_than_allowed(proxy: FaultProxy) -> None:
    together = Barrier(4)
    lock = Lock()
    now, most = 0, 0

    def arrive(_: Request) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        together.wait(10)  # four at a time get through, so four must be under way at once

    def leave(_: Request) -> None:
        nonlocal now
        with lock:
            now -= 1

    proxy.fault = lambda _: Fault(before=arrive, after=leave)
    session = Session(Target(), concurrency=4)
    readings = [asks(read("s3", "HeadBucket", {"Bucket": f"bucket-{number}"})) for number in range(16)]
    assert len(session.run(readings)) == 16
    session.close()
    assert most == 4


@pytest.mark.usefixtures("proxy")
def test_work_on_the_threads_may_itself_send() -> None:
    session = Session(Target(), concurrency=2)
    heads = [read("s3", "HeadBucket", {"Bucket": f"bucket-{number}"}, absent_on=("404",)) for number in range(8)]
    futures = [session.threads.submit(partial(session.ask, asks(head))) for head in heads]
    assert [future.result(30) for future in futures] == [None] * 8
    session.close()


# read-only ------------------------------------------------------------------------------------------------------------
WRITES: list[tuple[Call, Params]] = [
    (CREATE, {"Bucket": "never"}),
    (read("s3", "DeleteBucket"), {"Bucket": "never"}),
    (Call("ec2", "CreateVpc", effect="read"), {"CidrBlock": "10.0.0.0/16"}),
    (read("ssm", "GetParameters"), {"Names": ["it reads, but is not in the table"]}),
    (Call("s3", "ListBuckets", effect="secret"), {}),
]


@pytest.mark.parametrize(("call", "params"), WRITES, ids=lambda value: getattr(value, "name", ""))
def test_a_reader_sends_nothing_that_is_not_in_the_table(
    reader: Session, proxy: FaultProxy, call: Call, params: Params
) -> None:
    with pytest.raises(CallError) as raised:
        reader.send(call, params)
    assert raised.value.failure == "read-only"
    assert proxy.requests == []


def test_nor_by_a_reading(reader: Session, proxy: FaultProxy) -> None:
    (result,) = reader.run([asks(Call("s3", "CreateBucket", {"Bucket": "never"}))])
    assert isinstance(result, CallError)
    assert result.failure == "read-only"
    assert proxy.requests == []


def test_nor_by_a_paginator_a_waiter_or_a_transfer(reader: Session, proxy: FaultProxy) -> None:
    with pytest.raises(CallError, match="ReadOnly"):
        reader.client("iam").get_paginator("list_users").paginate().build_full_result()
    with pytest.raises(CallError, match="ReadOnly"):
        reader.client("s3").get_waiter("object_exists").wait(Bucket="b", Key="k")
    with S3Transfer(reader.client("s3")) as transfer, pytest.raises(CallError, match="ReadOnly"):
        transfer.upload_file(__file__, "bucket", "key")
    assert proxy.requests == []


def test_what_is_in_the_table_passes(reader: Session, session: Session) -> None:
    session.send(CREATE, {"Bucket": "there"})
    reader.client("s3").get_waiter("bucket_exists").wait(Bucket="there")
    with pytest.raises(ClientError, match="404"):
        reader.client("s3").head_bucket(Bucket="nowhere")
    assert bucket_names(reader) == ["there"]
    assert reader.counts.writes == 0
    assert reader.counts.calls == 3


# what it costs --------------------------------------------------------------------------------------------------------
def test_opening_loads_no_botocore() -> None:
    program = """
import sys
from genesys_tui.engine.model.identity import Target
from genesys_tui.engine.providers.aws.session import Session
session = Session(Target(region="us-east-1"))
assert session.region == "us-east-1"
session.cancel()
session.close()
print([name for name in ("boto3", "botocore", "pydantic") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
