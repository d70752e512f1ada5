"""The README's table of kinds is that of the registry."""

from docs.kinds_table import README, with_table


def test_the_table_of_kinds_is_up_to_date() -> None:
    text = README.read_text("utf-8")
    assert with_table(text) == text, "run `python docs/kinds_table.py`"
