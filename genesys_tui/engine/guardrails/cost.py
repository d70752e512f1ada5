"""What a plan adds to the bill: a low, a typical and a high month, with the usage that each assumes. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import fsum

from genesys_tui.engine.model.plan import Cost, Price


def estimate(priced: Sequence[tuple[str, tuple[Price, ...] | None]]) -> Cost:
    """The cost of these addresses by their prices; None where the price is not known."""
    if not priced:
        return Cost()
    counts = Counter(price for _, prices in priced for price in prices or ())
    cost = Cost(
        low=_total(counts, lambda price: price.low),
        typical=_total(counts, lambda price: price.typical),
        high=_total(counts, lambda price: price.high),
        assumptions=tuple(_assumption(price, count) for price, count in counts.items()),
        unknown=tuple(address for address, prices in priced if prices is None),
    )
    known = _in_words(cost, tuple(counts)) if len(cost.unknown) < len(priced) else ""
    missing = f"not known for {len(cost.unknown)}" if cost.unknown else ""
    return replace(cost, headline="; ".join(filter(None, (known, missing))))


def _total(counts: Mapping[Price, int], usage: Callable[[Price], float]) -> float:
    return round(fsum(price.unit_usd * usage(price) * count for price, count in counts.items()), 6)


def _in_words(cost: Cost, prices: tuple[Price, ...]) -> str:
    if not prices:
        return "no charge of its own"
    if all(price.fixed for price in prices):
        return f"{_dollars(cost.typical)} a month"
    if len(prices) == 1:
        return f"~{_exact(prices[0].unit_usd)}/{_measure(prices[0])} per month"
    month = " · ".join(map(_dollars, (cost.low, cost.typical, cost.high)))
    return f"{month} a month (low · typical · high)"


def _assumption(price: Price, count: int) -> str:
    if price.fixed:
        usage = f"{_amount(price.typical, price)} a month"
    else:
        levels = {"low": price.low, "typical": price.typical, "high": price.high}
        usage = ", ".join(f"{_amount(amount, price)} {level}" for level, amount in levels.items())
    each = f", for each of {count:,}" if count > 1 else ""
    return f"{price.what}: {usage} at {_exact(price.unit_usd)} per {price.unit}{each}"


def _measure(price: Price) -> str:
    """What is counted: a `GB-month` is a GB, kept for the month."""
    return price.unit.removesuffix("-month")


def _amount(value: float, price: Price) -> str:
    """`50 GB`, `730 hours`, `5 million requests`, `10 x 1,000 requests`."""
    measure = _measure(price)
    number = f"{value:,.6f}".rstrip("0").rstrip(".")
    if measure[0].isdigit():
        return f"{number} x {measure}"
    plural = "s" if measure.islower() and not measure.startswith("million") and value != 1 else ""
    return f"{number} {measure}{plural}"


def _exact(usd: float) -> str:
    """A unit price with all its digits, two at least."""
    whole, _, digits = f"{usd:,.10f}".partition(".")
    return f"${whole}.{digits.rstrip('0').ljust(2, '0')}"


def _dollars(usd: float) -> str:
    return "under $0.01" if 0 < usd < 0.005 else f"${usd:,.2f}"
