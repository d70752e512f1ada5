"""The code of a function, as data: whose change it is, layers before code, what is too big, and where it lies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from genesys_tui.engine.executor.params import captured
from genesys_tui.engine.model.call import fingerprint
from genesys_tui.engine.model.resource import Reference
from genesys_tui.engine.model.specs.base import in_order
from tests.engine.aws.fed import check_permissions
from tests.engine.aws.test_function import ROLE, SHA, told, updated

OTHER_SHA = "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s="
WHOLE: Mapping[str, Any] = {"runtime": "python3.13", "handler": "main.handler", "role": ROLE, "memory": 256}


# code that others may have changed --------------------------------------------------------------------------------
def test_new_code_alone_is_sent_for_the_revision_that_was_read() -> None:
    [call] = updated(told({"RevisionId": "r1"}), code=OTHER_SHA)
    assert call.params["RevisionId"] == "r1"
    assert call.guard is None
    assert call.moved_on == ("PreconditionFailedException",)
    assert not call.idempotent, "a second sending of ours would be refused: it is looked for instead"
    assert call.find is not None
    assert captured(call.find.captures, {"CodeSha256": OTHER_SHA}) == {"_sent": "yes"}
    assert captured(call.find.captures, {"CodeSha256": SHA}) is None
    check_permissions([call])


def test_after_a_change_of_ours_it_is_the_code_that_must_be_as_it_was_read() -> None:
    settings, call = updated(told({"RevisionId": "r1"}), code=OTHER_SHA, memory=512)
    assert "RevisionId" not in settings.params.keys() | call.params.keys()
    assert call.guard is not None
    assert call.guard.fingerprint == fingerprint(SHA)
    check_permissions([settings, call])


def test_a_change_is_looked_after_five_times_a_second() -> None:
    [call] = updated(told(), memory=512)
    assert call.wait is not None
    assert call.wait.interval == 0.2


# layers -----------------------------------------------------------------------------------------------------------
def test_new_layers_are_there_before_the_code_that_needs_them() -> None:
    layers = "${layer.genesys-x-0123456789abcdef.arn}, arn:aws:lambda:eu-west-1:1:layer:theirs:3"
    settings, code = updated(told(), layers=Reference(layers), code=OTHER_SHA)
    assert settings.params["Layers"] == [Reference(part) for part in layers.split(", ")]
    assert in_order(Reference(layers))[0].__class__ is Reference
    assert code.operation == "UpdateFunctionCode"
    assert settings.also_needs["lambda:GetLayerVersion"] == (
        "arn:aws:lambda:eu-west-1:123456789012:layer:genesys-x-0123456789abcdef:*",
        "arn:aws:lambda:eu-west-1:1:layer:theirs:3",
    )
    check_permissions([settings, code])
