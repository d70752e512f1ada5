from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genesys_tui.engine.guardrails.cost import estimate
from genesys_tui.engine.model.plan import Cost, Price

STORAGE = Price("storage", "GB-month", 0.023, 1, 50, 1_000)
REQUESTS = Price("requests", "request", 0.0000002, 0, 1_000_000, 100_000_000)
GATEWAY = Price("NAT gateway", "hour", 0.045, 730, 730, 730)


def test_one_price_by_usage_is_said_by_its_unit() -> None:
    cost = estimate([("bucket.b", (STORAGE,))])
    assert cost.headline == "~$0.023/GB per month"
    assert (cost.low, cost.typical, cost.high) == pytest.approx((0.023, 1.15, 23.0))
    assert cost.assumptions == ("storage: 1 GB low, 50 GB typical, 1,000 GB high at $0.023 per GB-month",)


def test_equal_prices_are_one_assumption_and_are_summed() -> None:
    cost = estimate([(f"bucket.b{number}", (STORAGE,)) for number in range(100)])
    assert cost.headline == "~$0.023/GB per month"
    assert cost.typical == pytest.approx(115.0)
    assert len(cost.assumptions) == 1
    assert cost.assumptions[0].endswith("per GB-month, for each of 100")


def test_several_prices_are_said_as_a_low_a_typical_and_a_high_month() -> None:
    cost = estimate([("bucket.b", (STORAGE,)), ("function.f", (REQUESTS,))])
    assert cost.headline == "$0.02 · $1.35 · $43.00 a month (low · typical · high)"
    assert (
        "requests: 0 requests low, 1,000,000 requests typical, 100,000,000 requests high at $0.0000002 per request"
        in cost.assumptions
    )


def test_a_fixed_price_is_the_same_each_month() -> None:
    cost = estimate([("network.n", (GATEWAY,))])
    assert cost.low == cost.typical == cost.high == pytest.approx(32.85)
    assert cost.headline == "$32.85 a month"
    assert cost.assumptions == ("NAT gateway: 730 hours a month at $0.045 per hour",)


def test_what_has_no_price_is_not_free_but_unknown() -> None:
    cost = estimate([("thing.odd", None), ("bucket.b", (STORAGE,))])
    assert cost.unknown == ("thing.odd",)
    assert cost.headline == "~$0.023/GB per month; not known for 1"
    assert estimate([("thing.odd", None)]).headline == "not known for 1"


def test_nothing_to_pay_and_nothing_added() -> None:
    assert estimate([("network.n", ())]).headline == "no charge of its own"
    assert estimate([]) == Cost()


def test_tiny_prices_keep_their_digits_and_tiny_sums_are_not_said_to_be_nothing() -> None:
    tiny = Price("calls", "call", 0.0000002, 1, 100, 1_000_000)
    cost = estimate([("function.f", (tiny, STORAGE))])
    assert cost.assumptions[0] == "calls: 1 call low, 100 calls typical, 1,000,000 calls high at $0.0000002 per call"
    assert estimate([("function.f", (tiny, tiny))]).headline == "~$0.0000002/call per month"
    small = Price("calls", "thousand", 0.001, 1, 2, 3)
    assert estimate([("function.f", (small, REQUESTS))]).headline.startswith("under $0.01 · ")


@settings(deadline=None)
@given(
    st.lists(
        st.builds(
            Price,
            st.just("use"),
            st.sampled_from(["GB-month", "hour"]),
            st.floats(0, 100),
            low=st.floats(0, 10),
            typical=st.floats(10, 100),
            high=st.floats(100, 1_000),
        )
    )
)
def test_low_is_at_most_typical_and_typical_at_most_high(prices: list[Price]) -> None:
    cost = estimate([("thing.t", tuple(prices))])
    assert cost.low <= cost.typical <= cost.high
