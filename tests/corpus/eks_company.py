"""A company on EKS, made with eksctl, with ECS and Auto Scaling beside it."""

from __future__ import annotations

from tests.corpus.builders import aws
from tests.corpus.builders.book import Book
from tests.corpus.builders.cloudformation import stack
from tests.corpus.builders.platforms import eksctl
from tests.corpus.builders.tagged import (
    claim,
    ecs_interface,
    ecs_tasks,
    ecs_volume,
    eks_furniture,
    ingress,
    node_group,
    pod_interface,
    scaled,
    scaled_volumes,
)
from tests.corpus.record import Account


def account() -> Account:
    """One cluster by eksctl, one made in the console in a network of their own, services on ECS."""
    book = Book("eks-company", "a maker of maps that runs on EKS", "667788990011", "eu-north-1", began="2022-03-15")
    aws.linked_roles(book, "AmazonEKS=eks", "AmazonEKSNodegroup=eks-nodegroup", "AutoScaling=autoscaling", "ECS=ecs")
    aws.service_keys(book, "ebs")
    aws.kept_rule(book, "AutoScalingManagedRule", "autoscaling")
    _kubernetes(book)
    _containers(book)
    _beside(book)
    return book.account()


def _kubernetes(book: Book) -> None:
    eksctl(book, "maps", ("general",))
    shared = {"kubernetes.io/cluster/tiles": "shared", "kubernetes.io/role/elb": "1"}
    network = book.one_by_hand(
        "network", "maps-net", shared, "made by hand; tagged because EKS asks for it", cidr="10.60.0.0/16"
    )
    aws.default_group(book, network)
    eks_furniture(book, "maps", network)
    node_group(book, "maps", "general", 3)
    balancer = ingress(book, "maps", "default", "frontend", network)
    aws.balancer_interface(book, balancer, {"team": "platform"})
    claim(book, "maps", "data-postgres-0", 50)
    claim(book, "maps", "data-redis-0")
    pod_interface(book, "maps", 1)
    role = book.one_by_hand("role", "tiles-cluster-role", story="made by hand for the cluster")
    book.told(None, "eks", "cluster/tiles", {"team": "tiles"}, "made by hand in the console", role=role.arn)
    eks_furniture(book, "tiles", network)
    claim(book, "tiles", "cache")
    book.wish(
        ("network", "maps", {"cidr": "10.60.0.0/16"}, network),
        ("role", "tiles-cluster", {}, role),
        ("load-balancer", "frontend", {"scheme": "internet"}, balancer),
        ("load-balancer", "admin", {"scheme": "internal"}, None),
    )


def _containers(book: Book) -> None:
    made = stack(
        book,
        "Infra-ECS-Cluster-render-4c1d9e02",
        {"ECSCluster": "ECS::Cluster=render"},
        story="made by the stack behind the ECS console",
    )
    service = book.one_by_hand("container-service", "render/painter", {"team": "maps"}, cluster="render")
    ecs_tasks(book, "render", "painter", 3)
    ecs_volume(book, "render", "painter", 1)
    ecs_interface(book, "render", "painter", 1)
    book.by_hand("log-group", "/ecs/painter", story="made with the task definition in the console")
    scaled(book, "batch-spot", 3, {"Name": "batch", "team": "maps"})
    scaled_volumes(book, "batch-spot", 2)
    book.wish(
        ("cluster", "render", {}, made["ECSCluster"]),
        ("container-service", "painter", {"cluster": "render"}, service),
        ("container-service", "stitcher", {"cluster": "render"}, None),
    )


def _beside(book: Book) -> None:
    copied = {"kubernetes.io/cluster/maps": "shared", "Name": "maps-db"}
    book.by_hand(
        "security-group", "maps-db", tags=copied, story="made by hand, tags copied from a subnet", description="db"
    )
    book.by_hand("security-group", "k8s-lab", "eks-jumphost", description="made by hand")
    book.by_hand("load-balancer", "maps-legacy-alb", story="made by hand before Kubernetes")
    book.by_hand(
        "volume", "pvc-rescue", story="a restored copy of a claim's volume, made by hand", tags={"ticket": "OPS-118"}
    )
    book.by_hand("instance", "maps-builder", "maps-bastion", tags={"team": "platform"})
    book.by_hand("repository", "maps/api", "maps/web", "maps/tiles")
    book.by_hand("bucket", "maps-raw-tiles", "maps-style-sheets", "maps-raw-tiles-backup")
    book.by_hand("role", "eks-admin", "karpenter-test-node-role")
    book.by_hand("database", "maps-geo", engine="postgres", size="large")
    book.by_hand("instance", "maps-worker-old", transition="deleting")
