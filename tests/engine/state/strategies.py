"""Strategies for any record."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import Any, get_args

from hypothesis import strategies as st

from genesys_tui.engine.model.document import UNSET, Change
from genesys_tui.engine.model.history import Attempt, ExecutionRecord, ExecutionStatus, StepRecord, StepStatus
from genesys_tui.engine.model.plan import Action
from genesys_tui.engine.model.resource import Actual, Fragment, Origin, Reference

texts = st.text(st.characters(), max_size=12)  # halves of surrogate pairs too
keys = texts | st.sampled_from(["$ref", "$map", "$unset", "$time", "$bytes", "$", "tags"])
references = st.builds(Reference, texts.map("${{network.{}.id}}".format))
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts | references | references.map(str)
)
leaf_values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple) | st.dictionaries(keys, inner, max_size=3)
    ),
    max_leaves=8,
)
documents = st.dictionaries(keys, leaf_values, max_size=4)
words = st.dictionaries(keys, texts, max_size=3)
zones = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(timezones=zones)
raw_values = leaf_values | st.binary(max_size=20) | moments | st.datetimes()
all_paths = st.lists(texts, min_size=1, max_size=3).map(tuple)


def literal(alias: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(get_args(alias))


FRAGMENT = {
    "address": texts,
    "kind": texts,
    "name": texts,
    "id": texts,
    "region": texts,
    "spec": documents,
    "asked": st.frozensets(all_paths, max_size=4),
    "outputs": words,
    "origin": literal(Origin),
    "owned": st.booleans(),
    "adopted": st.booleans(),
    "needs": st.lists(texts, max_size=2).map(tuple),
    "created": st.none() | moments,
    "pending": texts,
}
ACTUAL = {
    "kind": texts,
    "id": texts,
    "name": texts,
    "region": texts,
    "spec": documents,
    "tags": words,
    "arn": texts,
    "created": st.none() | moments,
    "provider_data": st.dictionaries(keys, raw_values | st.lists(raw_values, max_size=2), max_size=3),
    "of_aws": texts,
    "transition": texts,
}
CHANGE = {"path": all_paths, "before": leaf_values | st.just(UNSET), "after": leaf_values}

fragments = st.builds(Fragment, **FRAGMENT)
actuals = st.builds(Actual, **ACTUAL)
changes = st.builds(Change, **CHANGE)

STEP = {
    "address": texts,
    "kind": texts,
    "action": literal(Action),
    "status": literal(StepStatus),
    "id": st.none() | texts,
    "changes": st.lists(changes, max_size=2).map(tuple),
    "had": st.none() | actuals,
    "remembered": st.none() | fragments,
    "remember": st.none() | fragments,
    "why": texts,
    "seconds": st.floats(0, 1e6),
}
steps = st.builds(StepRecord, **STEP)
EXECUTION = {
    "id": texts,
    "title": texts,
    "stack": texts,
    "region": texts,
    "started": moments,
    "status": literal(ExecutionStatus),
    "steps": st.lists(st.builds(StepRecord, texts, texts, literal(Action)), max_size=3).map(tuple),
    "undoes": st.none() | texts,
    "undone_by": st.none() | texts,
    "calls": st.integers(0, 10**6),
    "writes": st.integers(0, 10**6),
    "seconds": st.floats(0, 1e6),
}
executions = st.builds(ExecutionRecord, **EXECUTION)
ATTEMPT = {
    "execution": texts,
    "address": texts,
    "position": st.integers(0, 1000),
    "call": texts,
    "outcome": st.sampled_from([None, "done", "failed"]),
    "captured": words,
}
attempts = st.builds(Attempt, **ATTEMPT)
