"""The statement by which a thing lets another in through a service of AWS: a queue a topic, a topic a bucket. Pure."""

from __future__ import annotations

from genesys_tui.engine.model.call import Value
from genesys_tui.engine.model.statements import Statement


def service_statement(
    sid: str, service: str, action: str, resource: Value, source: Value, account: str = ""
) -> Statement:
    """`source` may, through `service`, do `action` to `resource`. `account`: whose the source must be, where its ARN
    does not tell (a bucket's name may be another's one day)."""
    owner = {"StringEquals": {"aws:SourceAccount": account}} if account else {}
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": action,
        "Resource": resource,
        "Condition": {"ArnEquals": {"aws:SourceArn": source}, **owner},
    }
