"""What a spec that nobody knows yet gets without new code: its options, and its mistakes in words."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from pydantic import Field

from genesys_tui.engine.desired.check import FlawedError, checked
from genesys_tui.engine.desired.options import Saying, options_of
from genesys_tui.engine.desired.tree import Plain
from genesys_tui.engine.model.resource import Reference
from genesys_tui.engine.model.specs.base import Part, Spec, Text


class Retry(Part):
    attempts: Annotated[int, Field(ge=0)] | None = None
    method: str


class Job(Spec):
    size: Literal["small", "large"] | None = None
    memory: Annotated[int, Field(gt=127, lt=10241)] | None = None
    share: float | None = None
    host: Text | None = None
    owner: str | None = None
    layers: list[str] | None = None
    rules: dict[str, Retry | None] | None = None
    retry: Retry | None = None
    backup: Retry | None = None


def flaws(asked: dict[str, Plain]) -> list[tuple[str, str]]:
    with pytest.raises(FlawedError) as caught:
        checked(Job, asked)
    return [(".".join(map(str, flaw.trail)), f"{flaw.what} ({flaw.fix})") for flaw in caught.value.flaws]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"size": "medium"}, ("size", "can't be 'medium' (it takes small or large)")),
        ({"memory": 127}, ("memory", "can't be 127 (more than 127)")),
        ({"memory": 10241}, ("memory", "can't be 10241 (less than 10241)")),
        ({"share": "half"}, ("share", "can't be 'half' (it takes a number)")),
        ({"layers": "one"}, ("layers", "can't be 'one' (it takes a list)")),
        ({"layers": ["one", 2]}, ("layers.1", "can't be 2 (it takes a text; put quotes around it)")),
        ({"retry": {"attempts": 1}}, ("retry", "lacks `method` (add it)")),
        (
            {"retry": {"method": "x", "atempts": 1}},
            ("retry.atempts", "is not known here (did you mean 'attempts'? allowed: attempts, method)"),
        ),
        (
            {"owner": Reference("${bucket.data.arn}")},
            ("owner", "can't hold the reference ${bucket.data.arn} (write the value itself)"),
        ),
    ],
)
def test_flaws(asked: dict[str, Plain], told: tuple[str, str]) -> None:
    assert flaws(asked) == [told]


def test_a_lost_reference_is_told_beside_other_flaws() -> None:
    told = flaws({"owner": Reference("${bucket.data.arn}"), "size": "medium"})
    assert [trail for trail, _ in told] == ["size", "owner"]


def test_a_reference_stays_one_where_the_field_takes_it() -> None:
    document = checked(Job, {"host": Reference("${bucket.data.arn}")}).document
    assert isinstance(document["host"], Reference)


def test_options_are_derived() -> None:
    assert {flag: str(option) for flag, option in options_of(Job).items()} == {
        "tag": "key=value",
        "size": "small or large",
        "memory": "a whole number",
        "share": "a number",
        "host": "a text",
        "owner": "a text",
        "retry.attempts": "a whole number",
        "retry.method": "a text",
        "backup.attempts": "a whole number",
        "backup.method": "a text",
        "layers": "several, as in a,b",
    }


def test_what_no_option_can_say_is_left_to_a_file() -> None:
    (problem,) = Saying(Job, ["nightly", "--rules", "one"]).problems
    assert "stack file" in str(problem)


def test_a_list_is_said_with_commas() -> None:
    assert Saying(Job, ["nightly", "--layers", "one, two"]).asked == {"layers": ["one", "two"]}
