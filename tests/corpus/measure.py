"""How right ownership and the score are on the labelled corpus.

python -m tests.corpus.measure             # both halves
python -m tests.corpus.measure --wrong     # and what is wrong in the half that rules may be fitted on
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from genesys_tui.engine.inventory.assessment import assessed
from genesys_tui.engine.inventory.claims import claims_of
from genesys_tui.engine.inventory.discovery import Resource
from genesys_tui.engine.inventory.matching import Want, matches
from genesys_tui.engine.inventory.ownership import Evidence
from genesys_tui.engine.model.adoption import HIGH
from genesys_tui.engine.model.owner import CloudStack, StackMember
from tests.corpus.accounts import ACCOUNTS
from tests.corpus.record import Account, Labelled

NOW = datetime(2026, 11, 20, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A label, and what we say."""

    account: str
    label: Labelled
    said: Resource

    @property
    def truth(self) -> str:
        return self.label.owner.tool if self.label.owner else ""

    @property
    def tool(self) -> str:
        return self.said.owner.tool if self.said.owner else ""


def verdicts(accounts: Sequence[Account]) -> Iterator[Verdict]:
    """What we say of each labelled resource."""
    for account in accounts:
        resources = [Resource(label.actual, account=account.number) for label in account.resources]
        said = assessed(resources, evidence_of(account), NOW)
        for label, one in zip(account.resources, said, strict=True):
            yield Verdict(account.name, label, one)


def evidence_of(account: Account) -> Evidence:
    """As AWS and the state files would tell it."""
    stacks = tuple(
        CloudStack(
            one.name,
            one.id,
            one.status,
            tuple(StackMember(member.logical, member.type, member.physical) for member in one.resources),
            dict(one.tags),
        )
        for one in account.stacks
    )
    claims = tuple(claim for name, text in account.state_files.items() for claim in claims_of(text, name))
    return Evidence(stacks, claims)


@dataclass(frozen=True, slots=True)
class Rates:
    """Of all owners that we name, how many are right; of all there are, how many we name."""

    precision: float
    recall: float
    right: int
    named: int
    there: int


def rates(found: Sequence[Verdict], tool: str | None = None) -> Rates:
    """Of one tool, or of all together."""
    named = [one for one in found if one.tool and tool in (None, one.tool)]
    there = [one for one in found if one.truth and tool in (None, one.truth)]
    right = sum(one.tool == one.truth for one in named)
    return Rates(_share(right, len(named)), _share(right, len(there)), right, len(named), len(there))


def high_and_safe(found: Sequence[Verdict]) -> tuple[int, int, int]:
    """How many score high; how many of them are truly safe; how many are another tool's."""
    high = [one for one in found if one.said.adoption and one.said.adoption.score >= HIGH]
    return len(high), sum(one.label.safe for one in high), sum(bool(one.truth) for one in high)


def matched(accounts: Sequence[Account]) -> Iterator[tuple[str, str, str | None, str | None]]:
    """Account, address, the ARN of the true partner, and of the one that we propose."""
    for account in accounts:
        existing = [label.actual for label in account.resources]
        for wishes in account.wishes:
            found = matches([Want(one.address, one.kind, one.name, one.spec) for one in wishes], existing)
            for one in wishes:
                ours = found.get(one.address)
                yield account.name, one.address, one.partner, ours.actual.arn if ours else None


def matching_rates(found: Sequence[tuple[str, str, str | None, str | None]]) -> Rates:
    """Of all partners that we propose, how many are right; of all there are, how many we propose."""
    named = [one for one in found if one[3]]
    there = [one for one in found if one[2]]
    right = sum(one[2] == one[3] for one in named)
    return Rates(_share(right, len(named)), _share(right, len(there)), right, len(named), len(there))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _print(title: str, found: Sequence[Verdict]) -> None:
    print(f"\n{title}: {len(found)} resources")
    print(f"  {'tool':18} precision  recall   right/named/there")
    tools = sorted({one.truth for one in found} | {one.tool for one in found} - {""})
    for tool in [*filter(None, tools), None]:
        one = rates(found, tool)
        counts = f"{one.right}/{one.named}/{one.there}"
        print(f"  {tool or 'all':18} {one.precision:9.3f} {one.recall:7.3f}   {counts}")
    print("  score        resources   truly safe   of another tool")
    for low in (0.9, 0.8, 0.7, 0.6, 0.5, 0.3, 0.0):
        high = {0.9: 1.01, 0.8: 0.9, 0.7: 0.8, 0.6: 0.7, 0.5: 0.6, 0.3: 0.5, 0.0: 0.3}[low]
        those = [one for one in found if one.said.adoption and low <= one.said.adoption.score < high]
        safe, foreign = sum(one.label.safe for one in those), sum(bool(one.truth) for one in those)
        print(f"  {low:.1f}-{min(high, 1):.1f}     {len(those):9}   {_share(safe, len(those)):10.3f}   {foreign:6}")
    count, safe, foreign = high_and_safe(found)
    print(f"  high (from {HIGH}): {count}, of which {_share(safe, count):.3f} truly safe, {foreign} of another tool")


def _print_wrong(found: Sequence[Verdict]) -> None:
    wrong = [one for one in found if one.tool != one.truth]
    print(f"\nwrong: {len(wrong)}, {Counter((one.truth or 'nobody', one.tool or 'nobody') for one in wrong)}")
    for one in wrong:
        why = one.said.owner.evidence[0] if one.said.owner else ""
        print(f"  {one.account}: {one.label.actual.kind} {one.label.actual.name}: truly {one.truth or 'nobody'}")
        print(f"     we say {one.tool or 'nobody'} {why}  [{one.label.story}]")
    unsafe = [one for one in found if one.said.adoption and one.said.adoption.score >= HIGH and not one.label.safe]
    for one in unsafe:
        print(
            f"  unsafe, scored high: {one.account}: {one.label.actual.kind} {one.label.actual.name} [{one.label.story}]"
        )


def _print_matching(title: str, accounts: Sequence[Account], *, wrong: bool) -> None:
    found = list(matched(accounts))
    one = matching_rates(found)
    print(f"{title}: matching {one.precision:.3f} precision, {one.recall:.3f} recall", end="")
    print(f" ({one.right} right of {one.named} proposed, {one.there} there, {len(found)} wanted)")
    for account, address, partner, ours in found if wrong else ():
        if partner != ours:
            print(f"  {account} {address}: truly {partner or 'none'}, we say {ours or 'none'}")


if __name__ == "__main__":
    fitted = list(verdicts([one for one in ACCOUNTS if not one.held_out]))
    _print("the half that rules are fitted on", fitted)
    _print("the held-out half", list(verdicts([one for one in ACCOUNTS if one.held_out])))
    print()
    _print_matching("fitted on", [one for one in ACCOUNTS if not one.held_out], wrong="--wrong" in sys.argv)
    _print_matching("held out", [one for one in ACCOUNTS if one.held_out], wrong=False)
    if "--wrong" in sys.argv:
        _print_wrong(fitted)
