"""Ownership, score and matching on accounts that no rule was fitted on. Asked: issue-level promises to users, not
figures of today: where a rule gets better these stay as they are."""

from __future__ import annotations

from tests.corpus.accounts import ACCOUNTS
from tests.corpus.measure import high_and_safe, matched, matching_rates, rates, verdicts

HELD_OUT = [account for account in ACCOUNTS if account.held_out]
FOUND = list(verdicts(HELD_OUT))


def told(account: str) -> bool:
    """Terraform leaves no tag of its own: it is asked of accounts whose state file is given."""
    return any(one.name == account and one.state_files for one in HELD_OUT)


def test_owners_are_named_right_and_nearly_all_of_them() -> None:
    asked = [one for one in FOUND if one.truth != "terraform" or told(one.account)]
    all_tools = rates(asked)
    assert all_tools.precision >= 0.98
    assert all_tools.recall >= 0.95


def test_what_scores_high_is_truly_safe_and_never_another_tools() -> None:
    high, safe, foreign = high_and_safe(FOUND)
    assert high >= 100
    assert safe / high >= 0.97
    assert foreign == 0


def test_what_is_meant_under_another_name_is_found_and_seldom_mistaken() -> None:
    found = matching_rates(list(matched(HELD_OUT)))
    assert found.precision >= 0.98
    assert found.recall >= 0.95
