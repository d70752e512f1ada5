"""The corpus keeps its own rules: what measures others must hold itself."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from genesys_tui.engine.model.specs.base import WISH
from genesys_tui.engine.providers import registry
from tests.corpus.accounts import ACCOUNTS
from tests.corpus.builders.cloudformation import TYPES, physical_id
from tests.corpus.builders.state_files import PULUMI, TERRAFORM, provider_id
from tests.corpus.record import TOOLS, Account, Labelled, Wanted

HELD_OUT = tuple(account for account in ACCOUNTS if account.held_out)
each_account = pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.name)


def wanted_of(account: Account) -> list[Wanted]:
    return [one for wish in account.wishes for one in wish]


def test_it_is_as_large_as_a_measure_needs() -> None:
    assert len(ACCOUNTS) >= 12
    assert len(HELD_OUT) >= 6
    everything = sum(len(account.resources) for account in ACCOUNTS)
    held_out = sum(len(account.resources) for account in HELD_OUT)
    assert everything >= 500
    assert held_out * 2 >= everything
    assert sum(len(wanted_of(account)) for account in ACCOUNTS) >= 150
    assert sum(len(wanted_of(account)) for account in HELD_OUT) >= 75


def test_every_tool_is_held_out_often_enough_to_be_measured() -> None:
    told = Counter(one.owner.tool for account in HELD_OUT for one in account.resources if one.owner)
    assert {tool: told[tool] for tool in TOOLS if told[tool] < 8} == {}


def test_the_halves_share_no_names_but_those_that_tools_choose() -> None:
    """What nobody's tool named is told differently in the half that is held out."""
    fitting, held_out = (
        {one.actual.name for account in ACCOUNTS if account.held_out is half for one in account.resources if one.safe}
        for half in (False, True)
    )
    assert fitting & held_out == set()


def test_accounts_are_told_apart() -> None:
    assert len({account.name for account in ACCOUNTS}) == len(ACCOUNTS)
    assert len({account.number for account in ACCOUNTS}) == len(ACCOUNTS)
    regions = {half: {one.region for one in ACCOUNTS if one.held_out is half} for half in (False, True)}
    assert regions[True] - regions[False]


@each_account
def test_things_are_unique_and_of_a_known_kind(account: Account) -> None:
    arns = Counter(one.actual.arn for one in account.resources)
    assert [arn for arn, times in arns.items() if times > 1] == []
    ids = Counter((one.actual.kind, one.actual.id) for one in account.resources)
    assert [id for id, times in ids.items() if times > 1] == []
    unknown = {one.actual.kind for one in account.resources} - set(registry.names())
    assert [kind for kind in unknown if ":" not in kind] == []


@each_account
def test_labels_agree_with_themselves(account: Account) -> None:
    for one in account.resources:
        assert one.story, one.actual.arn
        assert one.owner is None or one.owner.tool in TOOLS
        assert one.safe is (one.owner is None and not one.actual.of_aws and not one.actual.transition)
        if one.actual.of_aws:
            assert one.owner is not None
            assert one.owner.tool == "aws"
        if one.actual.kind == "role":
            assert not one.actual.tags, "IAM's listing tells no tags"


@each_account
def test_specs_hold_only_fields_of_their_kind(account: Account) -> None:
    for one in account.resources:
        if ":" not in one.actual.kind:
            assert set(one.actual.spec) <= set(registry.kind(one.actual.kind).spec.model_fields), one.actual.arn


@each_account
def test_what_a_stack_lists_is_its_own(account: Account) -> None:
    there = {(one.actual.kind, physical_id(one.actual)): one for one in account.resources}
    for stack in account.stacks:
        for listed in stack.resources:
            found = there.get((TYPES[listed.type].kind, listed.physical)) if listed.type in TYPES else None
            if stack.status == "DELETE_COMPLETE":
                assert found is None or found.owner is None, listed
                continue
            assert found is not None or listed.type not in TYPES, listed
            if found is not None:
                assert found.owner is not None
                assert found.owner.tool == "beanstalk" or found.owner.id == stack.name


@each_account
def test_stacks_have_ids_and_statuses_of_their_own(account: Account) -> None:
    assert len({stack.id for stack in account.stacks}) == len(account.stacks)
    nested = {
        one.physical for stack in account.stacks for one in stack.resources if one.type == "AWS::CloudFormation::Stack"
    }
    assert nested <= {stack.id for stack in account.stacks}


def told_by(file: str, text: str) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Kind, attributes and whether the tool manages it, of each resource of a state file of either tool."""
    whole = json.loads(text)
    terraform = {word: kind for kind, word in TERRAFORM.items()}
    pulumi = {word: kind for kind, word in PULUMI.items()}
    if whole["version"] == 4:
        for resource in whole["resources"]:
            for instance in resource["instances"]:
                kind = terraform.get(resource["type"], "")
                yield kind, instance["attributes"], resource["mode"] == "managed"
    else:
        assert whole["version"] == 3, file
        latest = whole["checkpoint"]["latest"] if "checkpoint" in whole else whole["deployment"]
        for resource in latest["resources"]:
            if resource["custom"]:
                yield pulumi[resource["type"]], resource["outputs"], not resource.get("external")


def is_child(one: Labelled) -> bool:
    """The log group that Lambda made for a function: its owner is the function's, and no file tells of it."""
    return one.story.startswith("made by Lambda for")


@each_account
def test_what_a_state_file_manages_is_labelled_so(account: Account) -> None:
    there = {one.actual.arn: one for one in account.resources}
    for file, text in account.state_files.items():
        found: list[Labelled] = []
        for kind, attributes, managed in told_by(file, text):
            one = there.get(attributes.get("arn", ""))
            if kind and one is not None:
                assert (one.actual.kind, provider_id(one.actual)) == (kind, attributes["id"])
                assert (one.owner is not None and one.owner.id == file) is managed
                found.append(one)
        theirs = [one for one in account.resources if one.owner and one.owner.id == file and one not in found]
        assert [one.actual.arn for one in theirs if not is_child(one) and ":" not in one.actual.kind] == []


@each_account
def test_partners_exist_and_are_used_once(account: Account) -> None:
    there = {one.actual.arn: one.actual.kind for one in account.resources}
    partners = Counter(one.partner for one in wanted_of(account) if one.partner)
    assert [arn for arn, times in partners.items() if times > 1] == []
    for one in wanted_of(account):
        assert one.partner is None or there[one.partner] == one.kind


@each_account
def test_wishes_could_stand_in_a_stack_file(account: Account) -> None:
    for wish in account.wishes:
        assert len({one.address for one in wish}) == len(wish)
        for one in wish:
            spec = registry.kind(one.kind).spec
            assert spec.check_name(one.name) == "", one.name
            valid = spec.model_validate(dict(one.spec), context=WISH)
            assert list(valid.mistakes()) == [], one.address
            assert one.address == f"{one.kind}.{one.name}"


def test_both_halves_have_wishes_without_a_partner() -> None:
    for half in (False, True):
        alone = [one for a in ACCOUNTS if a.held_out is half for one in wanted_of(a) if one.partner is None]
        assert len(alone) >= 15
