"""`${kind.name.output}` in texts."""

from __future__ import annotations

import pytest

from genesys_tui.engine.model.references import BadReferenceError, Output, escaped, pieces, references, written


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("plain $ {text}", ["plain $ {text}"]),
        ("${bucket.data.arn}", [Output("arn", "bucket.data")]),
        ("${ bucket.data.arn }/*", [Output("arn", "bucket.data"), "/*"]),
        ("${bucket.my.dotted.name.arn}", [Output("arn", "bucket.my.dotted.name")]),
        ("a${b.c.d}e${f.g.h}", ["a", Output("d", "b.c"), "e", Output("h", "f.g")]),
        ("$${bucket.data.arn}", ["${", "bucket.data.arn}"]),
        ("$$${b.c.d}", ["$", "${", "b.c.d}"]),
    ],
)
def test_pieces(text: str, parts: list[str | Output]) -> None:
    assert list(pieces(text)) == parts


def test_only_references_are_listed() -> None:
    assert references("$${x} ${b.c.d}") == (Output("d", "b.c"),)


@pytest.mark.parametrize(
    "text", ["${", "${bucket.data.arn", "${}", "${x}", "${bucket.data}", "${..}", "${a.b.}", "${.b.c}"]
)
def test_what_is_no_reference(text: str) -> None:
    with pytest.raises(BadReferenceError) as caught:
        references(text)
    assert "${kind.name.output}" in caught.value.fix


def test_writing_is_the_way_back() -> None:
    text = "a$${b ${bucket.data.arn} c"
    again = "".join(written(part) if isinstance(part, Output) else escaped(part) for part in pieces(text))
    assert again == text
