"""What has another name in the cloud than in the stack file: all that refers to it means the thing itself."""

from __future__ import annotations

from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.resource import Actual, Desired, Fragment, Reference, split_address
from genesys_tui.engine.planner.called import as_called
from genesys_tui.engine.providers import registry

ARN = "arn:aws:sqs:us-east-1:123456789012:acme-jobs"
URL = "https://sqs.us-east-1.amazonaws.com/123456789012/acme-jobs"
THERE = Actual("queue", URL, "acme-jobs", "us-east-1", arn=ARN)
REMEMBERED = Fragment("queue.jobs", "queue", "acme-jobs", URL, "us-east-1", {})
QUEUES: Document = {"queues": {"jobs": {"queue": Reference("${queue.jobs.arn}"), "batch": 10}, "mails": {"batch": 1}}}


def desired(address: str, spec: Document) -> Desired:
    return Desired(address, *split_address(address), spec, complete=True)


def test_a_thing_goes_by_the_name_it_has_and_what_is_known_by_it_too() -> None:
    jobs, worker = desired("queue.jobs", {}), desired("function.worker", QUEUES)
    named = as_called((jobs, worker), {"queue.jobs": REMEMBERED}, {"queue.jobs": THERE}, registry.kind)
    assert [(one.address, one.name) for one in named] == [("queue.jobs", "acme-jobs"), ("function.worker", "worker")]
    assert named[1].spec == {"queues": {"acme-jobs": {"queue": ARN, "batch": 10}, "mails": {"batch": 1}}}


def test_what_is_called_alike_stays_a_reference() -> None:
    jobs, worker = desired("queue.jobs", {}), desired("function.worker", QUEUES)
    assert as_called((jobs, worker), {}, {"queue.jobs": None}, registry.kind) == [jobs, worker]


def test_what_is_gone_is_referred_to_as_it_will_be() -> None:
    jobs, worker = desired("queue.jobs", {}), desired("function.worker", QUEUES)
    named = as_called((jobs, worker), {"queue.jobs": REMEMBERED}, {"queue.jobs": None}, registry.kind)
    assert named[0].name == "acme-jobs"
    assert named[1].spec["queues"] == {
        "acme-jobs": {"queue": Reference("${queue.jobs.arn}"), "batch": 10},
        "mails": {"batch": 1},
    }
