"""What tools make outside of stacks: EKS and its controllers, ECS, Auto Scaling, Backup, SST 3, Chalice."""

from __future__ import annotations

from genesys_tui.engine.model.document import Leaf
from genesys_tui.engine.model.resource import Actual
from tests.corpus.builders import ids
from tests.corpus.builders.book import Book
from tests.corpus.builders.things import Tags, shown
from tests.corpus.record import Owner


def eks_furniture(book: Book, cluster: str, network: Actual) -> None:
    """What EKS makes when a cluster is made: its security group and its log."""
    owner = Owner("eks", cluster)
    name = f"eks-cluster-sg-{cluster}-{ids.number(book.at.number + cluster, 9)}"
    tags = {"Name": name, f"kubernetes.io/cluster/{cluster}": "owned", "aws:eks:cluster-name": cluster}
    words = (
        "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, "
        "as well as any managed workloads."
    )
    book.owned(owner, "security-group", name, tags, "made by EKS", network=network.id, description=words)
    book.owned(owner, "log-group", f"/aws/eks/{cluster}/cluster", story="made by EKS for the control plane")


def node_group(book: Book, cluster: str, group: str, nodes: int) -> None:
    """A managed node group: launch template, Auto Scaling group, instances."""
    owner = Owner("eks", cluster)
    id = f"{ids.hexes(cluster + group, 8)}-{ids.hexes(group + cluster, 4)}-{ids.hexes(group, 12)}"
    scaling = f"eks-{group}-{id}"
    marks = {"eks:cluster-name": cluster, "eks:nodegroup-name": group}
    book.told(owner, "ec2", f"launch-template/lt-{ids.hexes(scaling, 17)}", marks, "made by EKS for a node group")
    worn = {
        **marks,
        f"kubernetes.io/cluster/{cluster}": "owned",
        "k8s.io/cluster-autoscaler/enabled": "true",
        f"k8s.io/cluster-autoscaler/{cluster}": "owned",
    }
    rest = f"autoScalingGroup:{ids.uuid(scaling)}:autoScalingGroupName/{scaling}"
    book.told(owner, "autoscaling", rest, worn, "made by EKS for a node group")
    for one in range(nodes):
        tags = {**worn, "aws:autoscaling:groupName": scaling, "aws:ec2launchtemplate:version": "1"}
        book.owned(owner, "instance", "", tags, f"a node of {group}", seed=f"{scaling}/{one}", size="large")


def ingress(book: Book, cluster: str, namespace: str, name: str, network: Actual) -> Actual:
    """An Ingress: the load balancer controller makes a balancer and a security group."""
    called = f"k8s-{namespace[:8]}-{name[:8]}-{ids.hexes(cluster + namespace + name, 10)}"
    marks = {
        "elbv2.k8s.aws/cluster": cluster,
        "ingress.k8s.aws/stack": f"{namespace}/{name}",
    }
    owner, story = Owner("eks", cluster), f"made by the load balancer controller for ingress {namespace}/{name}"
    group = {**marks, "ingress.k8s.aws/resource": "ManagedLBSecurityGroup"}
    words = "[k8s] Managed SecurityGroup for LoadBalancer"
    book.owned(owner, "security-group", called, group, story, network=network.id, description=words)
    balancer = {**marks, "ingress.k8s.aws/resource": "LoadBalancer"}
    return book.owned(owner, "load-balancer", called, balancer, story, network=network.id)


def claim(book: Book, cluster: str, name: str, size: int = 8) -> None:
    """A PersistentVolumeClaim: a volume of the EBS driver."""
    pv = f"pvc-{ids.uuid(cluster + name)}"
    tags = {
        "CSIVolumeName": pv,
        "KubernetesCluster": cluster,
        f"kubernetes.io/cluster/{cluster}": "owned",
        "ebs.csi.aws.com/cluster": "true",
        "kubernetes.io/created-for/pvc/name": name,
        "kubernetes.io/created-for/pvc/namespace": "default",
        "kubernetes.io/created-for/pv/name": pv,
    }
    story = f"made by the EBS driver for claim {name}"
    book.owned(Owner("eks", cluster), "volume", f"{cluster}-dynamic-{pv}", tags, story, size=size)


def pod_interface(book: Book, cluster: str, node: int) -> None:
    """An interface that the network plugin of the cluster attached to a node."""
    instance = f"i-{ids.hexes(cluster + str(node), 17)}"
    tags = {"cluster.k8s.amazonaws.com/name": cluster, "node.k8s.amazonaws.com/instance_id": instance}
    rest = f"network-interface/eni-{ids.hexes(instance, 17)}"
    owner = Owner("eks", cluster)
    book.told(owner, "ec2", rest, tags, "attached by the VPC CNI", description=f"aws-K8S-{instance}")


def karpenter_node(book: Book, cluster: str, pool: str, number: int) -> None:
    """An instance that Karpenter started, with its launch template."""
    tags = {
        "karpenter.sh/nodepool": pool,
        "karpenter.k8s.aws/ec2nodeclass": "default",
        "eks:eks-cluster-name": cluster,
        f"kubernetes.io/cluster/{cluster}": "owned",
    }
    name = f"ip-10-4-{number}-17.{book.at.region}.compute.internal"
    book.owned(Owner("eks", cluster), "instance", name, tags, "started by Karpenter", size="large")


def ecs_tasks(book: Book, cluster: str, service: str, count: int) -> None:
    """Running tasks of a service that has managed tags on."""
    tags = {"aws:ecs:clusterName": cluster, "aws:ecs:serviceName": service}
    for one in range(count):
        rest = f"task/{cluster}/{ids.hexes(cluster + service + str(one), 32)}"
        book.told(Owner("ecs", f"{cluster}/{service}"), "ecs", rest, tags, f"started by ECS for {service}")


def ecs_volume(book: Book, cluster: str, service: str, number: int) -> None:
    """A volume that ECS made for a task and deletes with it."""
    tags = {
        "AmazonECSCreated": "true",
        "AmazonECSManaged": "true",
        "aws:ecs:clusterName": cluster,
        "aws:ecs:serviceName": service,
    }
    owner = Owner("ecs", f"{cluster}/{service}")
    book.owned(owner, "volume", "", tags, "made by ECS for a task", seed=f"{cluster}/{service}/{number}")


def ecs_interface(book: Book, cluster: str, service: str, number: int) -> None:
    """The interface of a task."""
    tags = {"aws:ecs:clusterName": cluster, "aws:ecs:serviceName": service}
    rest = f"network-interface/eni-{ids.hexes(f'{cluster}{service}{number}', 17)}"
    description = book.at.arn("ecs", f"attachment/{ids.uuid(f'{cluster}{service}{number}')}")
    owner = Owner("ecs", f"{cluster}/{service}")
    book.told(owner, "ec2", rest, tags, "made by ECS for a task", description=description)


def scaled(book: Book, group: str, count: int, tags: Tags | None = None) -> None:
    """Instances that an Auto Scaling group keeps running."""
    worn = {**(tags or {}), "aws:autoscaling:groupName": group, "aws:ec2launchtemplate:version": "3"}
    for one in range(count):
        name = worn.get("Name", "")
        book.owned(Owner("autoscaling", group), "instance", name, worn, f"started by {group}", seed=f"{group}/{one}")


def scaled_volumes(book: Book, group: str, count: int) -> None:
    """Volumes that came with the instances of a group, by its launch template."""
    for one in range(count):
        tags = {"aws:autoscaling:groupName": group, "aws:ec2launchtemplate:version": "3"}
        book.owned(Owner("autoscaling", group), "volume", "", tags, f"started with {group}", seed=f"{group}/{one}")


def recovery_points(book: Book, plan: str, *sources: Actual) -> None:
    """Snapshots that AWS Backup made and will delete."""
    for source in sources:
        tags = {"aws:backup:source-resource": f"{source.arn}:{ids.mixed(source.arn, 8)}", **dict(source.tags)}
        owned = {key: value for key, value in tags.items() if key == "Name" or key.startswith("aws:backup")}
        if source.kind == "database":
            service, rest = "rds", f"snapshot:awsbackup:job-{ids.uuid(source.arn)}"
        else:
            service, rest = "ec2", f"snapshot/snap-{ids.hexes(source.arn, 17)}"
        book.told(Owner("backup", plan), service, rest, owned, f"made by the backup plan {plan}")


def sst_v3(book: Book, app: str, stage: str, kind: str, logical: str, **spec: Leaf) -> Actual:
    """`sst deploy` of SST 3: no stack, names end in eight letters."""
    name = f"{app}-{stage}-{logical}-{ids.letters(app + stage + logical, 8)}"
    called = name.lower() if kind in ("bucket", "database") else name
    made = shown(book.at, kind, called, {"sst:app": app, "sst:stage": stage}, spec)
    return book.keep(made, Owner("sst", f"{app}/{stage}"), "made by sst deploy")


def sst_bootstrap(book: Book) -> None:
    """What SST 3 makes once for each account and region."""
    for one in ("asset", "state"):
        name = f"sst-{one}-{ids.letters(book.at.number + one, 12)}"
        book.owned(Owner("sst", ""), "bucket", name, story="made when SST first ran here")
    book.owned(Owner("sst", ""), "parameter", "/sst/bootstrap", story="made when SST first ran here")


def chalice(book: Book, app: str, stage: str, *functions: str) -> None:
    """`chalice deploy`: functions, their role, and the logs they write."""
    owner = Owner("chalice", f"{app}-{stage}")
    tags = {"aws-chalice": f"version=1.31.2:stage={stage}:app={app}"}
    role = book.owned(owner, "role", f"{app}-{stage}", story="made by chalice deploy")
    for one in functions:
        name = f"{app}-{stage}-{one}" if one else f"{app}-{stage}"
        spec: dict[str, Leaf] = {"runtime": "python3.12", "handler": "app.app", "timeout": 60, "role": role.arn}
        made = book.keep(shown(book.at, "function", name, tags, spec), owner, "made by chalice deploy")
        book.log_of(made)


def genesys(book: Book, stack: str, kind: str, name: str, *, adopted: bool = False, **spec: Leaf) -> Actual:
    """Made by us, or adopted: then it lacks the step."""
    tags = {"genesys:stack": stack}
    if not adopted:
        tags["genesys:step"] = f"{ids.hexes(stack + name, 12)}/{kind}.{name}"
    made = shown(book.at, kind, name, tags, spec)
    return book.keep(made, Owner("genesys", stack), "adopted by genesys" if adopted else "made by genesys")
