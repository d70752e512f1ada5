"""A games studio: EKS with Karpenter, match servers on Auto Scaling, ECS, and Terraform below it all."""

from __future__ import annotations

from tests.corpus.builders import aws
from tests.corpus.builders.book import Book
from tests.corpus.builders.state_files import TerraformState
from tests.corpus.builders.tagged import (
    claim,
    ecs_interface,
    ecs_tasks,
    ecs_volume,
    eks_furniture,
    ingress,
    karpenter_node,
    node_group,
    pod_interface,
    scaled,
    scaled_volumes,
)
from tests.corpus.record import Account


def account() -> Account:
    """Terraform made the network and the cluster; everything that runs in it came from controllers."""
    book = Book("games-studio", "a games studio", "560560560560", "ap-northeast-1", held_out=True, began="2023-03-03")
    aws.linked_roles(book, "AmazonEKS=eks", "AmazonEKSNodegroup=eks-nodegroup", "EC2Spot=spot", "ECS=ecs")
    aws.kept_rule(book, "AutoScalingManagedRule", "autoscaling")
    _ground(book)
    _matches(book)
    _beside(book)
    return book.account()


def _ground(book: Book) -> None:
    state = TerraformState(book, "infra/ground.tfstate", tags={"studio": "kumo"})
    network = state.add(
        "network",
        "kumo-tokyo",
        "this",
        module="module.vpc[0]",
        cidr="10.4.0.0/16",
        tags={"kubernetes.io/cluster/kumo-live": "shared"},
    )
    aws.default_group(book, network)
    role = state.add("role", "kumo-live-cluster-20240611093122", "cluster", module="module.eks")
    nodes = state.add(
        "security-group",
        "kumo-live-node-20240611093124",
        "node",
        module="module.eks",
        network=network.id,
        description="EKS node shared security group",
        tags={"kubernetes.io/cluster/kumo-live": "owned"},
    )
    assets = [state.add("bucket", f"kumo-{one}-apne1", "assets", key=one) for one in ("patches", "replays", "crashes")]
    registry = [state.add("repository", f"kumo/{one}", "images", key=one) for one in ("match", "lobby", "rank")]
    tables = [state.add("table", f"kumo_{one}", "tables", key=one) for one in ("players", "ranks", "items")]
    logs = state.add("log-group", "/kumo/match", "match", retention=7)
    state.told("aws_eks_cluster", "this", "eks", "cluster/kumo-live", {}, module="module.eks")
    state.write()
    eks_furniture(book, "kumo-live", network)
    node_group(book, "kumo-live", "system", 2)
    for number in range(3):
        karpenter_node(book, "kumo-live", "match-pool", number)
    balancer = ingress(book, "kumo-live", "lobby", "public", network)
    ingress(book, "kumo-live", "ops", "grafana", network)
    for one in ("prometheus-0", "loki-0", "redis-0"):
        claim(book, "kumo-live", one, 40)
    pod_interface(book, "kumo-live", 1)
    pod_interface(book, "kumo-live", 2)
    aws.balancer_interface(book, balancer, {"studio": "kumo"})
    book.wish(
        ("network", "tokyo", {"cidr": "10.4.0.0/16"}, network),
        ("role", "kumo-live-cluster", {}, role),
        ("security-group", "kumo-live-node", {"network": network.id}, nodes),
        ("bucket", "patches", {}, assets[0]),
        ("bucket", "replays", {}, assets[1]),
        ("bucket", "crashes", {}, assets[2]),
        ("bucket", "trailers", {}, None),
        ("repository", "match", {}, registry[0]),
        ("repository", "lobby", {}, registry[1]),
        ("repository", "rank", {}, registry[2]),
        ("repository", "chat", {}, None),
        ("table", "players", {}, tables[0]),
        ("table", "items", {}, tables[2]),
        ("table", "guilds", {}, None),
        ("log-group", "/kumo/match", {"retention": 7}, logs),
    )


def _matches(book: Book) -> None:
    cluster = book.one_by_hand("cluster", "kumo-backoffice")
    service = book.one_by_hand("container-service", "kumo-backoffice/ranker", cluster="kumo-backoffice")
    ecs_tasks(book, "kumo-backoffice", "ranker", 4)
    for number in range(2):
        ecs_volume(book, "kumo-backoffice", "ranker", number)
        ecs_interface(book, "kumo-backoffice", "ranker", number)
    ecs_tasks(book, "kumo-backoffice", "mailer", 2)
    scaled(book, "match-servers-tokyo", 5, {"Name": "match-server", "studio": "kumo"})
    scaled_volumes(book, "match-servers-tokyo", 4)
    book.wish(
        ("cluster", "backoffice", {}, cluster),
        ("container-service", "ranker", {"cluster": "kumo-backoffice"}, service),
        ("container-service", "cheater-watch", {"cluster": "kumo-backoffice"}, None),
    )


def _beside(book: Book) -> None:
    copied = {"kubernetes.io/cluster/kumo-live": "shared", "note": "copied"}
    book.by_hand(
        "security-group",
        "kumo-office",
        "k8s-playground",
        tags=copied,
        description="office",
        story="made by hand, tags copied from a subnet",
    )
    book.by_hand("volume", "loki-0-rescue", "kumo-build-cache", story="made by hand from a snapshot")
    book.by_hand(
        "instance", "kumo-build-mac", "match-server", story="made by hand to look into a crash", tags={"studio": "kumo"}
    )
    book.by_hand("load-balancer", "kumo-old-lobby", "k8s-handmade")
    book.by_hand("bucket", "kumo-patches-apne1-old", "kumo-tfstate", "kumo-fan-art")
    book.by_hand("role", "kumo-developers", "eks-console-readers")
    book.by_hand("table", "kumo_players_bk", "leaderboard-hackathon")
    book.by_hand("log-group", "/ecs/ranker", "/ecs/mailer", story="made with its task definition in the console")
    book.by_hand("topic", "kumo-oncall")
    book.by_hand("cache", "kumo-rooms", transition="modifying")
