"""Names that AWS would refuse are refused before anything is sent, and no others."""

from __future__ import annotations

import pytest

from genesys_tui.engine.model.specs.bucket import BucketSpec
from genesys_tui.engine.model.specs.network import NetworkSpec


@pytest.mark.parametrize("name", ["abc", "a" * 63, "my.data-1", "0-0", "1.2.3", "1.2.3.4.5", "a-.b", "s3alias"])
def test_s3_takes(name: str) -> None:
    assert BucketSpec.check_name(name) == ""


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("ab", "3 to 63"),
        ("a" * 64, "3 to 63"),
        ("My-Data", "lowercase"),
        ("my_data", "lowercase"),
        ("my data", "lowercase"),
        ("-data", "first and last"),
        ("data.", "first and last"),
        ("data\n", "first and last"),
        ("dätä", "lowercase"),
        ("data١", "lowercase"),
        ("my..data", "dots side by side"),
        ("192.168.5.4", "IP address"),
        ("xn--data", "reserves"),
        ("sthree-data", "reserves"),
        ("amzn-s3-demo-data", "reserves"),
        ("data-s3alias", "reserves"),
        ("data--ol-s3", "reserves"),
        ("data--x-s3", "reserves"),
        ("data.mrap", "reserves"),
        ("", "3 to 63"),
    ],
)
def test_s3_refuses(name: str, says: str) -> None:
    assert says in BucketSpec.check_name(name)


@pytest.mark.parametrize("name", ["m", "main vpc", "[/x] [red]", "网络", "n" * 128])
def test_a_network_takes(name: str) -> None:
    assert NetworkSpec.check_name(name) == ""


@pytest.mark.parametrize("name", ["", "n" * 129, "a\x1b[31m", "a\nb", " a", "\udc80"])
def test_a_network_refuses(name: str) -> None:
    assert NetworkSpec.check_name(name)
