"""Records come back from bytes as they were; damaged and newer bytes are told in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genesys_tui.engine.model.document import UNSET, Change, same
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.history import Attempt, ExecutionRecord, StepRecord
from genesys_tui.engine.model.resource import Actual, Fragment, Reference
from genesys_tui.engine.state import codec
from tests.engine.state import strategies
from tests.engine.state.records import bucket, execution, shape, step

WHERE = codec.Where("/home/ann/state.db", "mv state.db away")
patient = settings(deadline=None, max_examples=50)


def snapshot_of(changes: dict[str, Fragment | None], under: bytes = b"") -> bytes:
    return codec.merge_patch(under, codec.encode_patch(changes), WHERE)


# round trips ----------------------------------------------------------------------------------------------------------
@patient
@given(strategies.executions)
def test_an_execution_comes_back_as_it_was(record: ExecutionRecord) -> None:
    assert shape(codec.decode_execution(codec.encode_execution(record), WHERE)) == shape(record)


@patient
@given(strategies.steps)
def test_a_step_comes_back_as_it_was(record: StepRecord) -> None:
    assert shape(codec.decode_step(codec.encode_step(record), WHERE)) == shape(record)


@patient
@given(strategies.attempts)
def test_an_attempt_comes_back_as_it_was(attempt: Attempt) -> None:
    assert shape(codec.decode_attempt(codec.encode_attempt(attempt), WHERE)) == shape(attempt)


@patient
@given(st.dictionaries(strategies.texts, strategies.fragments, max_size=4))
def test_a_snapshot_comes_back_as_it_was(by_name: dict[str, Fragment]) -> None:
    stack = {name: replace(fragment, address=name) for name, fragment in by_name.items()}
    back = codec.decode_snapshot(snapshot_of(dict(stack)), WHERE)
    assert {name: shape(fragment) for name, fragment in back.items()} == {
        name: shape(fragment) for name, fragment in stack.items()
    }
    assert all(same(back[name].spec, stack[name].spec) for name in stack)


@pytest.mark.parametrize(
    ("record", "filled"),
    [
        (Fragment, strategies.FRAGMENT),
        (Actual, strategies.ACTUAL),
        (Change, strategies.CHANGE),
        (StepRecord, strategies.STEP),
        (ExecutionRecord, strategies.EXECUTION),
        (Attempt, strategies.ATTEMPT),
    ],
)
def test_the_round_trips_fill_every_field(record: Any, filled: dict[str, object]) -> None:
    assert set(filled) == {field.name for field in fields(record)}


def test_only_references_come_back_as_references() -> None:
    written = "${network.main.id}"
    spec = {"network": Reference(written), "note": written, "tags": {"$ref": written}}
    back = codec.decode_snapshot(snapshot_of({"bucket.a": bucket("a", spec=spec)}), WHERE)["bucket.a"].spec
    assert isinstance(back["network"], Reference)
    assert type(back["note"]) is str
    assert back["tags"] == {"$ref": written}


def test_unset_is_not_absent() -> None:
    changes = (Change(("a",), UNSET, None), Change(("b",), None, 1))
    back = codec.decode_step(codec.encode_step(step("x", changes=changes)), WHERE)
    assert [change.before for change in back.changes] == [UNSET, None]


@pytest.mark.parametrize("value", [object(), {1: "one"}, {"a"}], ids=["object", "number as key", "set"])
def test_what_json_cannot_hold_is_refused_before_anything_is_stored(value: object) -> None:
    had = Actual("bucket", "a", "a", "eu-west-1", provider_data={"raw": value})
    with pytest.raises(TypeError, match="state can't hold"):
        codec.encode_step(step("a", had=had))


# snapshots ------------------------------------------------------------------------------------------------------------
@patient
@given(st.data())
def test_merging_is_what_it_is_for_a_dictionary(data: st.DataObject) -> None:
    names = st.sampled_from(["a", "b", "c", "d\t\n"])
    patches = data.draw(st.lists(st.dictionaries(names, st.none() | strategies.fragments, max_size=3), max_size=5))
    expected: dict[str, Fragment] = {}
    stored = b""
    for drawn in patches:
        patch = {name: fragment and replace(fragment, address=name) for name, fragment in drawn.items()}
        stored = snapshot_of(patch, stored)
        expected = {name: fragment for name, fragment in {**expected, **patch}.items() if fragment is not None}
    back = codec.decode_snapshot(stored, WHERE)
    assert {name: shape(found) for name, found in back.items()} == {name: shape(it) for name, it in expected.items()}


def test_a_hundred_hardened_buckets_take_a_tenth_of_their_json() -> None:
    random = Random(1)
    stack = [bucket(f"{random.choice(['logs', 'assets', 'backup'])}-{random.randbytes(4).hex()}") for _ in range(100)]
    plain = sum(len(json.dumps(asdict(fragment), default=sorted)) for fragment in stack)
    assert len(snapshot_of({fragment.address: fragment for fragment in stack})) <= plain / 10


# damage ---------------------------------------------------------------------------------------------------------------
ENCODED = codec.encode_execution(execution("e1", *(step(f"b{number}") for number in range(5))))


@patient
@given(st.integers(0, len(ENCODED) - 1), st.integers(0, 7))
def test_a_flipped_bit_is_told_or_harmless_but_never_another_record(at: int, bit: int) -> None:
    flipped = bytearray(ENCODED)
    flipped[at] ^= 1 << bit
    try:
        record = codec.decode_execution(bytes(flipped), WHERE)
    except GenesysError as error:
        assert WHERE.name in str(error)
    else:
        assert record == codec.decode_execution(ENCODED, WHERE)


@pytest.mark.parametrize(
    "damage",
    [
        lambda good: good[: len(good) // 2],
        lambda good: b"PK" + good,
        lambda good: good[:3],
        lambda good: good[:8] + b"j{}",
        lambda good: good[:8] + b"j[1",
        lambda good: good[:8] + b"j" + b"[" * 100_000,
        lambda good: good[:8] + b"j\xff",
    ],
    ids=["half", "other", "short", "empty", "no json", "deep", "no text"],
)
def test_what_is_damaged_names_the_file_and_what_to_do(damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(GenesysError, match="can't be read") as caught:
        codec.decode_execution(damage(ENCODED), WHERE)
    assert WHERE.name in caught.value.what
    assert caught.value.command == WHERE.move_away
    assert "--adopt" in caught.value.todo


@pytest.mark.parametrize(
    "read", [codec.decode_execution, codec.decode_step, codec.decode_attempt, codec.decode_snapshot]
)
def test_a_newer_format_is_refused_in_words(read: Callable[[bytes, codec.Where], object]) -> None:
    future = ENCODED[:7] + bytes([codec.FORMAT + 1]) + b"?anything at all"
    with pytest.raises(GenesysError, match="newer genesys") as caught:
        read(future, WHERE)
    assert "pip install" in caught.value.command
