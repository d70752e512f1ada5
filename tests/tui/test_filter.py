"""What `/` understands."""

from hypothesis import given
from hypothesis import strategies as st

from genesys_tui.tui.account import row_of
from genesys_tui.tui.filter import parse
from tests.tui.fake_workspace import company, resource

ROWS = [row_of(one) for one in company()]


def names(text: str) -> set[str]:
    wanted = parse(text)
    return {row.name for row in ROWS if wanted(row)}


EVERY = names("")


def test_text_is_looked_for_everywhere() -> None:
    assert names("invoice") == {"acme-invoices", "invoice-render", "invoice-jobs"}
    assert names("BILLING") == {"acme-invoices"}
    assert names("legacy") == {"vpc-0a1b2c3d (legacy)"}


def test_terms_are_anded_and_negated() -> None:
    assert names("kind:bucket !cdk !logs") == {"acme-invoices", "shop-uploads"}
    assert names("kind:bucket managed:yes") == {"shop-uploads"}
    assert names("managed:no kind:network") == {"vpc-0a1b2c3d (legacy)"}
    assert names("owner:shop kind:net") == {"main"}


def test_tags() -> None:
    assert names("tag:team") == {"acme-invoices"}
    assert names("tag:env=prod kind:bucket") == {"acme-invoices", "acme-logs-eu"}
    assert names("!tag:env kind:bucket") == {"cdk-hnb659fds-assets-123456789012-eu-west-1"}
    assert names("tag:env=production") == set()


def test_quotes_keep_spaces() -> None:
    assert names('"0a1b2c3d (leg"') == {"vpc-0a1b2c3d (legacy)"}


def test_unknown_prefixes_are_text() -> None:
    row = row_of(resource("bucket", "b", {"arn": "a:b"}))
    assert parse("a:b")(row)
    assert not parse("a:c")(row)


def test_an_unfinished_term_hides_nothing() -> None:
    for text in ("kind:", "tag:", "!", "managed:", '"', "!kind:"):
        assert names(text) == EVERY


@given(st.text(max_size=40))
def test_no_text_fails(text: str) -> None:
    names(text)


@given(st.sampled_from(["invoice", "kind:bucket", "tag:env", "managed:yes", "region:eu"]))
def test_a_term_and_its_negation_share_nothing_and_miss_nothing(term: str) -> None:
    assert names(term) | names(f"!{term}") == EVERY
    assert not names(term) & names(f"!{term}")


@given(st.lists(st.sampled_from(["invoice", "kind:bucket", "!cdk", "tag:env"]), max_size=4))
def test_more_terms_never_show_more(terms: list[str]) -> None:
    for length in range(len(terms)):
        assert names(" ".join(terms[: length + 1])) <= names(" ".join(terms[:length]))
