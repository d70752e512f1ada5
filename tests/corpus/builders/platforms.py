"""Platforms that make CloudFormation stacks: Copilot, Beanstalk, eksctl, Service Catalog, Control Tower."""

from __future__ import annotations

from collections.abc import Mapping

from genesys_tui.engine.model.resource import Actual
from tests.corpus.builders import ids
from tests.corpus.builders.book import Book
from tests.corpus.builders.cloudformation import stack, system_tags
from tests.corpus.record import Owner


def copilot_app(book: Book, app: str) -> None:
    """`copilot app init`: roles, a StackSet instance with the registry and the pipeline's bucket, a parameter."""
    tags = {"copilot-application": app}
    roles = {"AdministrationRole": f"IAM::Role={app}-adminrole", "ExecutionRole": f"IAM::Role={app}-executionrole"}
    roles_stack = f"{app}-infrastructure-roles"
    stack(book, roles_stack, roles, owner=Owner("copilot", roles_stack), tags=tags)
    name = f"StackSet-{app}-infrastructure-{ids.uuid(app)}"
    bucket = f"S3::Bucket=stackset-{app}-infrastruc-pipelinebuiltartifactbuc-{ids.lower(app, 12)}"
    stack(book, name, {"PipelineBuiltArtifactBucket": bucket}, owner=Owner("copilot", name), tags=tags)
    parameter = "applications/" + app
    book.owned(Owner("copilot", app), "parameter", f"/copilot/{parameter}", tags, story="written by copilot app init")


def copilot_env(book: Book, app: str, env: str) -> dict[str, Actual]:
    """`copilot env deploy`: network, cluster, balancer and its groups."""
    name = f"{app}-{env}"
    return stack(
        book,
        name,
        {
            "VPC": f"EC2::VPC=copilot-{app}-{env}",
            "Cluster": "ECS::Cluster",
            "EnvironmentSecurityGroup": "EC2::SecurityGroup",
            "PublicLoadBalancer": f"ElasticLoadBalancingV2::LoadBalancer={app[:6]}-Publi-{ids.mixed(name, 12)}",
            "EnvironmentManagerRole": f"IAM::Role={name}-EnvManagerRole",
            "CloudformationExecutionRole": f"IAM::Role={name}-CFNExecutionRole",
        },
        owner=Owner("copilot", name),
        tags={"copilot-application": app, "copilot-environment": env},
        specs={"EnvironmentSecurityGroup": {"description": f"{name}EnvironmentSecurityGroup"}},
    )


def copilot_service(book: Book, app: str, env: str, service: str, cluster: str) -> dict[str, Actual]:
    """`copilot svc deploy`: a service, its roles and its log."""
    name = f"{app}-{env}-{service}"
    return stack(
        book,
        name,
        {
            "Service": f"ECS::Service={cluster}/{name}-Service-{ids.mixed(name, 12)}",
            "LogGroup": f"Logs::LogGroup=/copilot/{name}",
            "TaskRole": f"IAM::Role={name}-TaskRole-{ids.mixed(name + 'task', 12)}",
            "ExecutionRole": f"IAM::Role={name}-ExecutionRole-{ids.mixed(name + 'exec', 12)}",
        },
        owner=Owner("copilot", name),
        tags={"copilot-application": app, "copilot-environment": env, "copilot-service": service},
        specs={"Service": {"cluster": cluster}, "LogGroup": {"retention": 30}},
    )


def beanstalk(book: Book, environment: str, instances: int = 1) -> None:
    """`eb create`: a stack `awseb-e-...-stack`, instances of its group, logs that it streams."""
    id = f"e-{ids.lower(book.at.number + environment, 10)}"
    name, owner = f"awseb-{id}-stack", Owner("beanstalk", environment)
    tags = {
        "elasticbeanstalk:environment-name": environment,
        "elasticbeanstalk:environment-id": id,
        "Name": environment,
    }
    group = f"{name}-AWSEBAutoScalingGroup-{ids.mixed(name, 12)}"
    made = stack(
        book,
        name,
        {
            "AWSEBSecurityGroup": "EC2::SecurityGroup",
            "AWSEBLoadBalancerSecurityGroup": "EC2::SecurityGroup",
            "AWSEBV2LoadBalancer": f"ElasticLoadBalancingV2::LoadBalancer=awseb--AWSEB-{ids.mixed(name + 'lb', 12)}",
            "AWSEBAutoScalingGroup": f"AutoScaling::AutoScalingGroup={group}",
        },
        owner=owner,
        tags=tags,
        specs={
            "AWSEBSecurityGroup": {"description": "VPC Security Group"},
            "AWSEBLoadBalancerSecurityGroup": {"description": "Load Balancer Security Group"},
        },
    )
    system = {key: value for key, value in made["AWSEBSecurityGroup"].tags.items() if "logical" not in key}
    worn = {**system, "aws:cloudformation:logical-id": "AWSEBAutoScalingGroup", "aws:autoscaling:groupName": group}
    for one in range(instances):
        book.owned(owner, "instance", environment, worn, "started by the environment's group", seed=str(one))
    log = f"/aws/elasticbeanstalk/{environment}/var/log/web.stdout.log"
    book.owned(owner, "log-group", log, story="streamed by Beanstalk", retention=7)


def beanstalk_bucket(book: Book) -> None:
    """The bucket of versions that Beanstalk makes once for each region."""
    name = f"elasticbeanstalk-{book.at.region}-{book.at.number}"
    book.owned(Owner("beanstalk", ""), "bucket", name, story="made by Beanstalk for application versions")


def eksctl(book: Book, cluster: str, groups: tuple[str, ...]) -> None:
    """`eksctl create cluster`: a stack for the cluster and one for each node group."""
    tags = {"alpha.eksctl.io/cluster-name": cluster, "eksctl.cluster.k8s.io/v1alpha1/cluster-name": cluster}
    stack(
        book,
        f"eksctl-{cluster}-cluster",
        {
            "VPC": f"EC2::VPC=eksctl-{cluster}-cluster/VPC",
            "ControlPlaneSecurityGroup": "EC2::SecurityGroup",
            "ClusterSharedNodeSecurityGroup": "EC2::SecurityGroup",
            "ServiceRole": "IAM::Role",
            "ControlPlane": f"EKS::Cluster={cluster}",
        },
        tags=tags,
        specs={
            "ControlPlaneSecurityGroup": {"description": "Communication between the control plane and worker nodes"}
        },
    )
    owner = Owner("cloudformation", f"eksctl-{cluster}-cluster")
    worn = {**tags, **system_tags(book, owner.id, "ControlPlane")}
    book.told(owner, "eks", f"cluster/{cluster}", worn, "made by the stack of eksctl")
    for one in groups:
        name = f"eksctl-{cluster}-nodegroup-{one}"
        resources = {"NodeInstanceRole": "IAM::Role", "ManagedNodeGroup": f"EKS::Nodegroup={cluster}/{one}"}
        stack(book, name, resources, tags={**tags, "alpha.eksctl.io/nodegroup-name": one})


def service_catalog(book: Book, product: str, resources: Mapping[str, str]) -> dict[str, Actual]:
    """A product that somebody launched: a stack `SC-<account>-pp-...`, with Service Catalog's own tags."""
    id = f"pp-{ids.lower(book.at.number + product, 13)}"
    catalog = f"arn:aws:catalog:{book.at.region}:{book.at.number}"
    tags = {
        "aws:servicecatalog:productArn": f"{catalog}:product/prod-{ids.lower(product, 13)}",
        "aws:servicecatalog:provisionedProductArn": f"arn:aws:servicecatalog:{book.at.region}:{book.at.number}"
        f":stack/{product}/{id}",
        "aws:servicecatalog:provisioningPrincipalArn": book.at.arn("sts", "assumed-role/Developer/ana", region=""),
    }
    name = f"SC-{book.at.number}-{id}"
    return stack(book, name, resources, owner=Owner("service-catalog", name), tags=tags)


def control_tower(book: Book, baseline: str, resources: Mapping[str, str]) -> dict[str, Actual]:
    """An instance of one of Control Tower's StackSets."""
    name = f"StackSet-AWSControlTowerBP-{baseline}-{ids.uuid(book.at.number + baseline)}"
    return stack(book, name, resources, owner=Owner("control-tower", name))
