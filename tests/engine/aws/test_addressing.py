"""Ranges that are handed out lie where they should and overlap nothing."""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from genesys_tui.engine.providers.aws.network.addressing import (
    PRIVATE_BLOCKS,
    cut,
    first_free,
    free_network,
    smallest_for,
)


def ranges(low: int = 8, high: int = 28) -> st.SearchStrategy[IPv4Network]:
    """Ranges anywhere, most of them where networks usually lie."""
    starts = st.one_of(st.integers(0, 2**32 - 1), st.integers(10 << 24, (10 << 24) + (1 << 19)))
    return st.builds(lambda start, prefix: IPv4Network((start, prefix), strict=False), starts, st.integers(low, high))


def whole_networks() -> st.SearchStrategy[IPv4Network]:
    return st.builds(lambda prefix: IPv4Network((10 << 24, prefix)), st.integers(16, 28))


@settings(deadline=None)
@given(st.lists(ranges(), max_size=30))
def test_a_new_network_is_private_and_overlaps_nothing(taken: list[IPv4Network]) -> None:
    found = free_network(taken)
    if found is not None:
        assert any(found.subnet_of(block) for block in PRIVATE_BLOCKS)
        assert not any(found.overlaps(other) for other in taken)
        assert found == free_network(list(reversed(taken)))


def test_networks_taken_one_after_the_other_are_neighbours() -> None:
    taken: list[IPv4Network] = []
    for _ in range(3):
        found = free_network(taken)
        assert found is not None
        taken.append(found)
    assert [str(network) for network in taken] == ["10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16"]


def test_when_the_large_block_is_full_the_others_are_tried() -> None:
    ten, second, third = PRIVATE_BLOCKS
    assert free_network([ten]) == IPv4Network("172.16.0.0/16")
    assert free_network([ten, IPv4Network("172.16.0.0/16")]) == IPv4Network("172.18.0.0/16")
    assert free_network([ten, second]) == IPv4Network("192.168.0.0/16")
    assert free_network([ten, second, IPv4Network("192.168.0.0/24")]) == IPv4Network("192.168.16.0/20")
    assert free_network([ten, second, third]) is None


@settings(deadline=None)
@given(ranges(8, 20), st.integers(8, 28), st.lists(ranges(), max_size=12))
def test_the_first_free_range_is_free_and_none_lower_is(
    block: IPv4Network, prefix: int, taken: list[IPv4Network]
) -> None:
    found = first_free(block, prefix, taken)
    if found is None:
        return
    assert found.subnet_of(block)
    assert found.prefixlen == prefix
    assert not any(found.overlaps(other) for other in taken)
    below = int(found.network_address) - found.num_addresses
    if below >= int(block.network_address):
        assert any(IPv4Network((below, prefix)).overlaps(other) for other in taken)


@settings(deadline=None)
@given(whole_networks(), st.integers(1, 12), st.lists(ranges(16, 28), max_size=6))
def test_parts_lie_inside_and_overlap_nothing(whole: IPv4Network, count: int, taken: list[IPv4Network]) -> None:
    parts = cut(whole, count, taken)
    if parts is None:
        return
    assert len(parts) == count
    assert all(part.subnet_of(whole) and 20 <= part.prefixlen <= 28 for part in parts)
    assert not any(one.overlaps(other) for one, other in combinations(parts, 2))
    assert not any(part.overlaps(other) for part in parts for other in taken)


@settings(deadline=None)
@given(whole_networks(), st.integers(1, 20))
def test_an_empty_network_is_too_small_only_when_it_must_be(whole: IPv4Network, count: int) -> None:
    assert (cut(whole, count, []) is not None) == (whole.prefixlen <= smallest_for(count))


def test_parts_adapt_to_a_small_network() -> None:
    assert cut(IPv4Network("10.0.0.0/16"), 4, []) == [IPv4Network(f"10.0.{16 * n}.0/20") for n in range(4)]
    assert cut(IPv4Network("10.0.0.0/24"), 4, []) == [IPv4Network(f"10.0.0.{64 * n}/26") for n in range(4)]
    assert cut(IPv4Network("10.0.0.0/24"), 2, [IPv4Network("10.0.0.0/25")]) == [
        IPv4Network("10.0.0.128/26"),
        IPv4Network("10.0.0.192/26"),
    ]
