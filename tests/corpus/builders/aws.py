"""What AWS makes itself: default furniture, service-linked roles, keys of services, interfaces of functions."""

from __future__ import annotations

from genesys_tui.engine.model.resource import Actual
from tests.corpus.builders import ids
from tests.corpus.builders.book import Book
from tests.corpus.builders.things import shown
from tests.corpus.record import Owner

AWS = Owner("aws", "")


def default_network(book: Book) -> Actual:
    """The default VPC with its default security group."""
    network = shown(
        book.at,
        "network",
        "",
        None,
        {"cidr": "172.31.0.0/16"},
        seed="default",
        of_aws="the default network of the region",
    )
    book.keep(network, AWS, "in the account since it was opened")
    default_group(book, network)
    return network


def default_group(book: Book, network: Actual) -> Actual:
    """The security group `default` that comes with every network."""
    group = shown(
        book.at,
        "security-group",
        "default",
        None,
        {"network": network.id, "description": "default VPC security group"},
        seed=network.id,
        of_aws="the default group of its network",
    )
    return book.keep(group, AWS, "came with its network")


def linked_roles(book: Book, *services: str) -> None:
    """`linked_roles(book, "RDS=rds")`: AWSServiceRoleForRDS, which RDS made for itself."""
    for word in services:
        name, _, principal = word.partition("=")
        path = f"/aws-service-role/{principal}.amazonaws.com/"
        role = shown(book.at, "role", f"AWSServiceRoleFor{name}", path=path, of_aws="a service-linked role")
        book.keep(role, AWS, f"made by {principal} when it was first used")


def sso_roles(book: Book, *sets: str) -> None:
    """The roles that IAM Identity Center makes for its permission sets."""
    for one in sets:
        name = f"AWSReservedSSO_{one}_{ids.hexes(book.at.number + one, 16)}"
        path = f"/aws-reserved/sso.amazonaws.com/{book.at.region}/"
        role = shown(book.at, "role", name, path=path, of_aws="a service-linked role")
        book.keep(role, AWS, f"made by IAM Identity Center for {one}")


def service_keys(book: Book, *services: str) -> None:
    """`alias/aws/s3` and the like."""
    for one in services:
        key = shown(book.at, "key", f"aws/{one}", of_aws="a key that AWS keeps for one of its services")
        book.keep(key, AWS, f"made by AWS when {one} first encrypted")


def kept_rule(book: Book, name: str, service: str) -> None:
    """A rule of EventBridge that a service keeps (ManagedBy)."""
    principal = f"{service}.amazonaws.com"
    book.keep(shown(book.at, "rule", name, of_aws=f"kept by {principal}"), AWS, f"made by {service}")


def database_secret(book: Book, database: Actual) -> None:
    """The password that RDS keeps in Secrets Manager."""
    name = f"rds!db-{ids.uuid(database.arn)}"
    tags = {"aws:rds:primaryDBInstanceArn": database.arn, "aws:secretsmanager:owningService": "rds"}
    book.keep(shown(book.at, "secret", name, tags, of_aws="kept by rds"), AWS, f"made by RDS for {database.name}")


def function_interface(book: Book, function: Actual, tags: dict[str, str]) -> None:
    """The interface that Lambda keeps in a network; shown, because a tagging script tagged it."""
    description = f"AWS Lambda VPC ENI-{function.name}-{ids.uuid(function.arn)}"
    rest = f"network-interface/eni-{ids.hexes(function.arn, 17)}"
    book.told(AWS, "ec2", rest, tags, f"made by Lambda for {function.name}", description=description)


def balancer_interface(book: Book, balancer: Actual, tags: dict[str, str]) -> None:
    """The interface of a load balancer; shown, because a tagging script tagged it."""
    description = f"ELB app/{balancer.name}/{balancer.arn.rpartition('/')[2]}"
    rest = f"network-interface/eni-{ids.hexes(balancer.arn, 17)}"
    book.told(AWS, "ec2", rest, tags, f"made by ELB for {balancer.name}", description=description)


def welcome_log(book: Book) -> None:
    """The log group that API Gateway makes when logging is first turned on."""
    book.keep(shown(book.at, "log-group", "/aws/apigateway/welcome"), AWS, "made by API Gateway")
