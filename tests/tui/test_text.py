"""Hostile text becomes safe cells, and never more of them than there is room for."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from genesys_tui.tui.text import age, ago, crop, fit, safe, took, value, wrap

ANY = st.text(st.characters(exclude_categories=()), max_size=60)
"""Every code point there is, lone surrogates and control characters too."""


@given(ANY)
def test_nothing_is_left_that_a_terminal_obeys_or_python_cannot_write(text: str) -> None:
    shown = safe(text)
    assert shown.isprintable()
    assert shown.encode().decode() == shown


@given(ANY, st.integers(0, 40))
def test_a_fitted_text_has_exactly_its_width(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) == width
    assert cell_len(crop(text, width)) <= width


@given(ANY, st.integers(2, 40))
def test_wrapped_text_keeps_every_character_within_its_width(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == safe(text).replace(" ", "")


def test_printable_text_is_shown_as_it_is() -> None:
    for name in ("web[/blue]", "role/[prod]x", "[red]x", "日本語", "a b", "ü"):
        assert safe(name) == name


def test_control_characters_are_shown() -> None:
    assert safe("a\x1b[31m\x00\x7f") == "a␛[31m␀␡"
    assert safe("a\u202eb") == "a‹202E›b"


def test_a_wide_character_is_never_cut_in_half() -> None:
    assert fit("日本語", 4) == "日 …" or cell_len(fit("日本語", 4)) == 4
    assert fit("日本語", 6) == "日本語"


def test_a_huge_text_is_cut() -> None:
    assert len(safe("x" * 10_000_000)) <= 4096


def test_ages_and_amounts_have_units() -> None:
    now = datetime(2026, 1, 10, tzinfo=UTC)
    assert age(now - timedelta(days=4), now) == "4d"
    assert age(datetime(2023, 1, 1), now) == "3y"  # noqa: DTZ001 - an API may answer without a zone
    assert age(None, now) == "–"
    assert age(now + timedelta(hours=1), now) == "0s"
    assert (took(0.041), took(1.23), took(125)) == ("41 ms", "1.2 s", "2 min 5 s")
    assert (ago(3), ago(25), ago(190)) == ("just now", "20 s ago", "3 min ago")


def test_values_are_words() -> None:
    assert [value(thing) for thing in (True, False, None, "x", [1, True], {"a": None}, "")] == [
        "on",
        "off",
        "none",
        "x",
        "1, on",
        "a=none",
        '""',
    ]
