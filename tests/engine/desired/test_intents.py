"""Words become a wish, or an error that says what was meant."""

from __future__ import annotations

import pytest

from genesys_tui.engine.desired.intents import parse_intent
from genesys_tui.engine.model.errors import UsageError, WishError
from genesys_tui.engine.model.resource import Desired


def wanted(line: str) -> Desired:
    (desired,) = parse_intent(line.split()).resources
    return desired


def problems(*words: str) -> list[str]:
    with pytest.raises(WishError) as caught:
        parse_intent(words)
    assert caught.value.command.startswith("genesys execute ")
    return [str(problem) for problem in caught.value.problems]


def test_a_kind_and_a_name_ask_for_nothing_else() -> None:
    assert wanted("bucket my-data") == Desired("bucket.my-data", "bucket", "my-data", {})


def test_the_wish_is_a_patch_and_knows_its_words() -> None:
    wish = parse_intent(["bucket", "my-data", "--versioning", "off"])
    assert (wish.source, wish.whole) == ("bucket my-data --versioning off", False)
    assert wish.resources[0].origin == "words"


@pytest.mark.parametrize(("action", "adopts"), [("create", False), ("modify", False), ("adopt", True)])
def test_actions(action: str, adopts: bool) -> None:
    assert wanted(f"{action} network main").adopt is adopts


@pytest.mark.parametrize(("action", "there"), [("create", False), ("modify", True), ("adopt", True)])
def test_what_is_to_be_adopted_or_modified_must_be_there(action: str, there: bool) -> None:
    assert wanted(f"{action} network main").modify is there


@pytest.mark.parametrize("words", ["./genesys.json", "saved.plan", "/tmp", "genesys.yaml --versioning off"])
def test_what_looks_like_a_file_gets_the_rule_of_files(words: str) -> None:
    with pytest.raises(WishError) as caught:
        parse_intent(words.split())
    (problem,) = caught.value.problems
    assert ".yaml, .yml or .toml" in problem.fix


@pytest.mark.parametrize(
    ("options", "spec"),
    [
        ("--versioning off", {"versioning": False}),
        ("--versioning=on", {"versioning": True}),
        ("--versioning", {"versioning": True}),
        ("--versioning YES", {"versioning": True}),
        ("--no-versioning", {"versioning": False}),
        ("--encryption kms", {"encryption": "kms"}),
        ("--encryption on", {"encryption": "managed"}),
        ("--encryption alias/mine", {"encryption": "alias/mine"}),
        ("--public-access true", {"public_access": True}),
        ("--delete-after-days 30", {"lifecycle": {"delete_after_days": 30}}),
        ("--lifecycle.delete-after-days=30", {"lifecycle": {"delete_after_days": 30}}),
        ("--delete-after-days none", {"lifecycle": {"delete_after_days": None}}),
        ("--no-delete-after-days", {"lifecycle": {"delete_after_days": None}}),
        ("--tag Team=shop --tag Url=a=b --tag Empty=", {"tags": {"Team": "shop", "Url": "a=b", "Empty": ""}}),
    ],
)
def test_options_of_a_bucket(options: str, spec: object) -> None:
    assert wanted(f"bucket my-data {options}").spec == spec


def test_options_of_a_network() -> None:
    desired = wanted("network main --cidr 10.0.0.0/16 --zones 3 --private off --internet off")
    assert desired.spec == {"cidr": "10.0.0.0/16", "zones": 3, "private": False, "internet": False}


def test_an_option_may_stand_before_the_name() -> None:
    assert wanted("bucket --versioning my-data") == wanted("bucket my-data --versioning on")
    assert wanted("bucket --versioning off my-data") == wanted("bucket my-data --versioning off")


def test_one_quoted_line_is_taken_apart() -> None:
    assert parse_intent(["bucket my-data --tag 'A=b c'"]).resources[0].spec == {"tags": {"A": "b c"}}


def test_hostile_tags_stay_as_they_are() -> None:
    value = "[/x] [red] \x1b[31m 你好 ${nothing}"
    (desired,) = parse_intent(["bucket", "my-data", "--tag", f"note={value}"]).resources
    assert desired.spec == {"tags": {"note": value}}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("buckt my-data", "did you mean 'bucket'?"),
        ("vpc main", "did you mean 'network'?"),
        ("sqs jobs", "did you mean 'queue'?"),
        ("website example.com", "did you mean 'static-site'?"),
        ("creat bucket my-data", "did you mean 'create'?"),
        ("create", "no kind is named (kinds: "),
        ("destroy bucket my-data", "genesys destroy"),
        ("bucket", "the bucket has no name"),
        ("bucket one-name two-names", "two names, 'one-name' and 'two-names'"),
        ("--versioning on bucket my-data", "'--versioning' stands before the kind"),
        ("bucket my-data --versionning on", "did you mean '--versioning'?"),
        ("bucket my-data --public_access on", "did you mean '--public-access'?"),
        ("bucket my-data --zones 3", "there is no option `--zones`"),
        ("bucket my-data -v on", "options start with two dashes"),
        ("bucket my-data --versioning maybe", "`--versioning` can't be 'maybe' (it takes on or off)"),
        ("bucket my-data --versioning=maybe", "`--versioning` can't be 'maybe' (it takes on or off)"),
        ("bucket my-data --versioning on --versioning off", "given twice, as 'on' and 'off'"),
        ("bucket my-data --no-versioning=off", "takes no value"),
        ("bucket my-data --encryption", "`--encryption` has no value (it takes on, managed, kms or a text)"),
        ("bucket my-data --encryption kmss", "`--encryption` can't be 'kmss' (it takes managed, kms"),
        ("bucket my-data --encryption off", "`--encryption` can't be 'off' (S3 encrypts every new object"),
        ("bucket my-data --delete-after-days three", "can't be 'three' (it takes a whole number)"),
        ("bucket my-data --delete-after-days 0", "can't be '0' (at least 1)"),
        ("bucket my-data --delete-after-days -5", "can't be '-5' (at least 1)"),
        ("bucket my-data --lifecycle 3", "`--lifecycle.delete-after-days`"),
        ("bucket my-data --tag Team", "write `--tag Team=value`"),
        ("bucket my-data --tag aws:x=1", "reserved"),
        ("bucket my-data --tag a=1 --tag a=2", "given twice"),
        ("network main --cidr 10.0.0.1/16", "the range starts at its first address: 10.0.0.0/16"),
        ("network main --cidr 10.0.0.0/8", "/16 to /28"),
        ("network main --cidr here", "such as 10.0.0.0/16"),
        ("network main --zones 9", "at most 6"),
        ("network main --subnets 3", "stack file"),
    ],
)
def test_a_mistake_is_told_with_what_would_be_right(line: str, says: str) -> None:
    (problem,) = problems(*line.split())
    assert says in problem


def test_every_mistake_is_told_at_once() -> None:
    line = "bucket My_Data --versionning on --delete-after-days 0 --encryption kmss --tag x"
    told = problems(*line.split())
    for part in ("My_Data", "--versionning", "delete-after-days", "kmss", "--tag"):
        assert any(part in problem for problem in told), part
    assert len(told) == 5


@pytest.mark.parametrize("words", [["bucket", "d\udc80ta"], ["bucket", "my-data", "--tag", "a=\udc80"]])
def test_what_is_no_text_is_refused(words: list[str]) -> None:
    (problem,) = problems(*words)
    assert "not valid UTF-8" in problem
    assert problem.encode()


def test_control_characters_are_shown_not_sent() -> None:
    (problem,) = problems("bucket", "evil\x1b[31m")
    assert "\x1b" not in problem
    assert "\\x1b" in problem


@pytest.mark.parametrize("words", [[], ["bucket 'my data"]])
def test_words_that_are_none(words: list[str]) -> None:
    with pytest.raises(UsageError) as caught:
        parse_intent(words)
    assert caught.value.command
