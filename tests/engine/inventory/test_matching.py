"""What of an account is meant by a stack file, by each sign that a person would go by; and what is not."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from genesys_tui.engine.inventory.matching import Match, Want, matches
from genesys_tui.engine.inventory.naming import parted, words_of
from genesys_tui.engine.model.document import Document, Leaf
from genesys_tui.engine.model.resource import Actual, Reference, address_of


def want(kind: str, name: str, tags: Mapping[str, str] | None = None, **spec: Leaf) -> Want:
    return Want(address_of(kind, name), kind, name, {**spec, **({"tags": tags} if tags else {})})


def there(kind: str, name: str, tags: Mapping[str, str] | None = None, spec: Document | None = None) -> Actual:
    arn = f"arn:aws:{kind}:us-east-1:123456789012:{name}"
    return Actual(kind, f"{kind}-{name}", name, "us-east-1", spec or {}, tags or {}, arn)


def names(found: Mapping[str, Match]) -> dict[str, str]:
    return {address: match.actual.name for address, match in found.items()}


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("uploads", "acme-prod-uploads"),
        ("uploads", "acme-uploads-123456789012-eu-west-1"),
        ("order-events", "OrderEvents"),
        ("order-events", "prod_order_event"),
        ("orders-db", "ordersdatabase"),
        ("acme-orders", "acmeordersprod"),
        ("mail-service", "mail-svc"),
        ("user-config", "usr-cfg"),
        ("orders-dlq", "orders-deadletter"),
        ("models", "models-c937c35"),
        ("carts", "ShopStack-CartsTable94D493DC-85QQNLO24HRHI"),
    ],
)
def test_a_name_is_known_however_it_is_written(asked: str, name: str) -> None:
    existing = [there("table", name), there("table", "acme-something-else"), there("queue", name)]
    assert names(matches([want("table", asked)], existing)) == {f"table.{asked}": name}


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("orders", "orders-old"),
        ("orders", "acme-orders-backup"),
        ("orders", "orders-restored"),
        ("jobs", "jobs-dlq"),
        ("order-prices", "orders"),
        ("art", "partners"),
        ("orders-staging", "orders-prod"),
    ],
)
def test_what_is_of_the_same_words_and_another_thing_is_not_it(asked: str, name: str) -> None:
    assert matches([want("queue", asked)], [there("queue", name)]) == {}


def test_the_thing_itself_is_meant_rather_than_its_copies() -> None:
    existing = [there("bucket", f"acme-photos{rest}") for rest in ("-old", "", "-backup", "-2021")]
    assert names(matches([want("bucket", "photos")], existing)) == {"bucket.photos": "acme-photos"}


def test_the_very_name_wins_and_each_thing_is_meant_once() -> None:
    existing = [there("queue", "acme-jobs"), there("queue", "jobs")]
    found = matches([want("queue", "jobs"), want("queue", "acme-jobs")], existing)
    assert names(found) == {"queue.jobs": "jobs", "queue.acme-jobs": "acme-jobs"}
    assert all(match.exact for match in found.values())
    both = matches([want("queue", "jobs"), want("queue", "prod-jobs")], [there("queue", "acme-prod-jobs")])
    assert len(both) <= 1


def test_what_is_as_likely_meant_by_two_is_proposed_for_none() -> None:
    assert matches([want("queue", "jobs")], [there("queue", "east-jobs"), there("queue", "west-jobs")]) == {}


def test_settings_tell_two_of_one_name_apart() -> None:
    existing = [
        there("database", "reporting-1", spec={"engine": "postgres"}),
        there("database", "reporting-2", spec={"engine": "mysql"}),
    ]
    found = matches([want("database", "reporting", engine="mysql")], existing)
    assert names(found) == {"database.reporting": "reporting-2"}


def test_a_network_is_known_by_its_range_whatever_it_is_called() -> None:
    existing = [there("network", "vpc-one", spec={"cidr": "10.1.0.0/16"}), there("network", "two", spec={"cidr": "x"})]
    found = matches([want("network", "main", cidr="10.1.0.0/16")], existing)
    assert names(found) == {"network.main": "vpc-one"}
    assert "cidr" in found["network.main"].why[0]


def test_a_word_that_the_name_leaves_out_may_stand_in_the_tags() -> None:
    tags = {"app": "storefront", "team": "web"}
    bare = matches([want("table", "storefront-sessions")], [there("table", "sessions-eu-a1")])
    told = matches([want("table", "storefront-sessions", tags)], [there("table", "sessions-eu-a1", tags)])
    assert not bare
    assert names(told) == {"table.storefront-sessions": "sessions-eu-a1"}


def test_a_tag_may_say_what_a_numbered_name_does_not() -> None:
    found = matches([want("volume", "jenkins-home")], [there("volume", "vol-0a1b2c3d", {"Name": "jenkins-home"})])
    assert found["volume.jenkins-home"].why == ("its tag Name is jenkins-home",)


def test_of_three_environments_the_one_that_is_spoken_of_is_meant() -> None:
    existing = [there("queue", f"{one}-events", {"Environment": one}) for one in ("production", "staging", "dev")]
    assert names(matches([want("queue", "events-stg")], existing)) == {"queue.events-stg": "staging-events"}
    tagged = matches([want("queue", "events", {"env": "dev"})], existing)
    assert names(tagged) == {"queue.events": "dev-events"}
    assert matches([want("queue", "events-qa")], existing) == {}


def test_what_a_found_thing_refers_to_is_meant_where_the_stack_refers_to_it() -> None:
    role = there("role", "lambda-k3v9x1qa")
    function = there("function", "acme-thumbnails", spec={"role": role.arn})
    wanted = [want("function", "thumbnails", role=Reference("${role.images.arn}")), want("role", "images")]
    found = matches(wanted, [function, role, there("role", "another")])
    assert names(found) == {"function.thumbnails": "acme-thumbnails", "role.images": "lambda-k3v9x1qa"}
    assert found["role.images"].why == ("function acme-thumbnails refers to it",)
    assert matches(wanted[1:], [function, role]) == {}


def test_what_stands_far_ahead_and_is_borne_out_is_meant_though_its_name_says_more() -> None:
    """Half of the words are not enough; with an environment that both name, and no rival, they are."""
    asked, meant = "shop-orders-export-prod", "prod-orders-export-acme-batch"
    assert matches([want("function", asked)], [there("function", meant.removeprefix("prod-"))]) == {}
    assert names(matches([want("function", asked)], [there("function", meant)])) == {f"function.{asked}": meant}
    rivals = [there("function", meant), there("function", "prod-orders-export-hourly-nightly")]
    assert matches([want("function", asked)], rivals) == {}


def test_what_is_aws_own_is_never_meant() -> None:
    own = Actual("network", "vpc-1", "main", "us-east-1", of_aws="the default VPC")
    assert matches([want("network", "main")], [own]) == {}


def test_the_order_of_what_is_there_tells_nothing() -> None:
    existing = [there("queue", f"acme-{word}") for word in ("jobs", "mails", "orders", "orders-dlq", "jobs-old")]
    wanted = [want("queue", word) for word in ("orders", "jobs", "mails", "orders-dead")]
    assert names(matches(wanted, existing)) == names(matches(wanted[::-1], existing[::-1]))


def test_names_written_together_are_taken_apart_only_where_every_part_is_a_word() -> None:
    known = frozenset({"orders", "art"})
    assert parted(words_of("ordersdbprod"), known).core == {"orders"}
    assert parted(words_of("ordersdbprod"), known).environment == "prod"
    assert parted(words_of("partners"), known).core == {"partner"}
