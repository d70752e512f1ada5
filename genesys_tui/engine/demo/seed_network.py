"""Networks and the machines in them: one made by Terraform, one by hand long ago, and the default one.

The wildest tags are here, for EC2 alone takes any character in them.
"""

from __future__ import annotations

from genesys_tui.engine.demo.records import Calls, Seed, Tags, make, out, pairs, tagged
from genesys_tui.engine.model.call import Params, Value
from genesys_tui.engine.model.references import Output

PROD = {"ManagedBy": "terraform", "Team": "platform", "env": "prod"}
EVERYWHERE = "0.0.0.0/0"
LONG = "Ticket OPS-1187: keep this machine until the migration is over. " * 4
"""256 characters: the most that a tag may hold."""


def named(name: str, tags: Tags = PROD) -> dict[str, str]:
    return {"Name": name, **tags}


def vpc(name: str, cidr: str, tags: Tags) -> Calls:
    request: Params = {"CidrBlock": cidr, "TagSpecifications": tagged("vpc", named(name, tags))}
    return (make("ec2", "CreateVpc", request, id="Vpc.VpcId"),)


def subnet(name: str, network: str, cidr: str, zone: str, tags: Tags = PROD, *, public: bool = False) -> Calls:
    request: Params = {
        "VpcId": out(network),
        "CidrBlock": cidr,
        "AvailabilityZone": f"eu-west-1{zone}",
        "TagSpecifications": tagged("subnet", named(name, tags) if name else {}),
    }
    create = make("ec2", "CreateSubnet", request, id="Subnet.SubnetId")
    on_launch: Params = {"SubnetId": Output("id"), "MapPublicIpOnLaunch": {"Value": True}}
    return (create, make("ec2", "ModifySubnetAttribute", on_launch)) if public else (create,)


def gateway(name: str, network: str, tags: Tags = PROD) -> Calls:
    request: Params = {"TagSpecifications": tagged("internet-gateway", named(name, tags))}
    return (
        make("ec2", "CreateInternetGateway", request, id="InternetGateway.InternetGatewayId"),
        make("ec2", "AttachInternetGateway", {"InternetGatewayId": Output("id"), "VpcId": out(network)}),
    )


def default_network() -> Calls:
    """The account's default VPC as AWS makes it: with a gateway, and a default route in its main table."""
    own: Params = {"Filters": [{"Name": "is-default", "Values": ["true"]}]}
    main: Params = {"Filters": [{"Name": "vpc-id", "Values": [Output("id")]}]}
    attach: Params = {"InternetGatewayId": Output("gateway"), "VpcId": Output("id")}
    route: Params = {
        "RouteTableId": Output("table"),
        "DestinationCidrBlock": EVERYWHERE,
        "GatewayId": Output("gateway"),
    }
    return (
        make("ec2", "DescribeVpcs", own, id="Vpcs[0].VpcId"),
        make("ec2", "CreateInternetGateway", {}, gateway="InternetGateway.InternetGatewayId"),
        make("ec2", "AttachInternetGateway", attach),
        make("ec2", "DescribeRouteTables", main, table="RouteTables[0].RouteTableId"),
        make("ec2", "CreateRoute", route),
    )


def routes(
    name: str, network: str, subnets: tuple[str, ...], tags: Tags = PROD, *, through: str | None = None
) -> Calls:
    """A route table of these subnets; `through`: the gateway of its default route."""
    request: Params = {"VpcId": out(network), "TagSpecifications": tagged("route-table", named(name, tags))}
    default: Params = {
        "RouteTableId": Output("id"),
        "DestinationCidrBlock": EVERYWHERE,
        "GatewayId": out(through or ""),
    }
    return (
        make("ec2", "CreateRouteTable", request, id="RouteTable.RouteTableId"),
        *((make("ec2", "CreateRoute", default),) if through else ()),
        *(make("ec2", "AssociateRouteTable", {"RouteTableId": Output("id"), "SubnetId": out(one)}) for one in subnets),
    )


def security_group(name: str, network: str, about: str, tags: Tags = PROD, *ingress: Params) -> Calls:
    request: Params = {
        "GroupName": name,
        "Description": about,
        "VpcId": out(network),
        "TagSpecifications": tagged("security-group", tags),
    }
    create = make("ec2", "CreateSecurityGroup", request, id="GroupId")
    allow: Params = {"GroupId": Output("id"), "IpPermissions": list(ingress)}
    return (create, make("ec2", "AuthorizeSecurityGroupIngress", allow)) if ingress else (create,)


def port(number: int, cidr: str = "", *, group: str = "") -> Params:
    """One TCP port, from an address range or from the members of a group."""
    source: dict[str, Value] = (
        {"UserIdGroupPairs": [{"GroupId": out(group)}]} if group else {"IpRanges": [{"CidrIp": cidr}]}
    )
    return {"IpProtocol": "tcp", "FromPort": number, "ToPort": number, **source}


def instance(size: str, tags: Tags, subnet: str = "", group: str = "", *, stopped: bool = False) -> Calls:
    request: dict[str, Value] = {
        "ImageId": "ami-0ff8a91507f77f867",
        "InstanceType": size,
        "MinCount": 1,
        "MaxCount": 1,
        "TagSpecifications": tagged("instance", tags),
    }
    if subnet:
        request |= {"SubnetId": out(subnet), "SecurityGroupIds": [out(group)]}
    run = make("ec2", "RunInstances", request, id="Instances[0].InstanceId")
    return (run, make("ec2", "StopInstances", {"InstanceIds": [Output("id")]})) if stopped else (run,)


def volume(gigabytes: int, tags: Tags, zone: str = "a") -> Calls:
    request: Params = {
        "AvailabilityZone": f"eu-west-1{zone}",
        "Size": gigabytes,
        "VolumeType": "gp2",
        "TagSpecifications": tagged("volume", tags),
    }
    return (make("ec2", "CreateVolume", request, id="VolumeId"),)


def load_balancer() -> Calls:
    """The shop's, with its target group and listener."""
    request: Params = {
        "Name": "acme-shop",
        "Subnets": [out("subnet.public-a"), out("subnet.public-b")],
        "SecurityGroups": [out("group.alb")],
        "Tags": pairs(PROD),
    }
    targets: Params = {
        "Name": "acme-shop-web",
        "Protocol": "HTTP",
        "Port": 8080,
        "VpcId": out("vpc.prod"),
        "TargetType": "ip",
        "Tags": pairs({"Team": "web", "env": "prd"}),
    }
    listener: Params = {
        "LoadBalancerArn": Output("arn"),
        "Protocol": "HTTP",
        "Port": 80,
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": Output("targets")}],
    }
    return (
        make("elbv2", "CreateLoadBalancer", request, arn="LoadBalancers[0].LoadBalancerArn"),
        make("elbv2", "CreateTargetGroup", targets, targets="TargetGroups[0].TargetGroupArn"),
        make("elbv2", "CreateListener", listener),
    )


def scaling_group() -> Calls:
    """One machine that is the group's: AWS tags it so."""
    template: Params = {
        "LaunchTemplateName": "acme-worker",
        "LaunchTemplateData": {"ImageId": "ami-0ff8a91507f77f867", "InstanceType": "t3.small"},
    }
    group: Params = {
        "AutoScalingGroupName": "acme-worker",
        "LaunchTemplate": {"LaunchTemplateName": "acme-worker", "Version": "$Latest"},
        "MinSize": 1,
        "MaxSize": 4,
        "VPCZoneIdentifier": out("subnet.private-a"),
        "Tags": [{"Key": "Name", "Value": "worker", "PropagateAtLaunch": True}],
    }
    return (make("ec2", "CreateLaunchTemplate", template), make("autoscaling", "CreateAutoScalingGroup", group))


LEGACY = {"owner": "bob"}

SEED: Seed = {
    "vpc.default": default_network(),
    "vpc.prod": vpc("prod", "10.20.0.0/16", PROD),
    "subnet.public-a": subnet("prod-public-a", "vpc.prod", "10.20.0.0/20", "a", public=True),
    "subnet.public-b": subnet("prod-public-b", "vpc.prod", "10.20.16.0/20", "b", public=True),
    "subnet.private-a": subnet("prod-private-a", "vpc.prod", "10.20.128.0/20", "a"),
    "subnet.private-b": subnet("prod-private-b", "vpc.prod", "10.20.144.0/20", "b"),
    "gateway.prod": gateway("prod", "vpc.prod"),
    "routes.public": routes("prod-public", "vpc.prod", ("subnet.public-a", "subnet.public-b"), through="gateway.prod"),
    "routes.private": routes("prod-private", "vpc.prod", ("subnet.private-a", "subnet.private-b")),
    "vpc.legacy": vpc("legacy", "10.0.0.0/16", LEGACY),
    "subnet.legacy": subnet("", "vpc.legacy", "10.0.1.0/24", "a", {}, public=True),
    "gateway.legacy": gateway("legacy-igw", "vpc.legacy", {}),
    "routes.legacy": routes("legacy", "vpc.legacy", ("subnet.legacy",), {}, through="gateway.legacy"),
    "group.alb": security_group(
        "prod-alb", "vpc.prod", "The web comes in here", PROD, port(80, EVERYWHERE), port(443, EVERYWHERE)
    ),
    "group.app": security_group("prod-app", "vpc.prod", "Shop", PROD, port(8080, group="group.alb")),
    "group.db": security_group("prod-db", "vpc.prod", "Databases", PROD, port(5432, group="group.app")),
    "group.ssh": security_group("legacy-ssh", "vpc.legacy", "ssh from anywhere :(", LEGACY, port(22, EVERYWHERE)),
    "group.wizard": security_group("launch-wizard-1", "vpc.legacy", "launch-wizard-1 created 2019-03-11", {}),
    "instance.bastion": instance(
        "t2.micro", {"Name": "bastion", "owner": "bob", "note": LONG}, "subnet.legacy", "group.ssh"
    ),
    "instance.jenkins": instance(
        "m4.large",
        {"Name": "jenkins [old]", "Team": "platform", "comment": "ask Søren 🙏"},
        "subnet.legacy",
        "group.wizard",
        stopped=True,
    ),
    "instance.unknown": instance("t2.small", {}),
    "instance.report": instance(
        "t3.medium", {"Name": "report-runner", "team": "data", "env": "prd"}, "subnet.private-b", "group.app"
    ),
    "volume.jenkins": volume(200, {"Name": "jenkins-data-backup", "note": "[red]urgent[/]", "📦": "yes"}),
    "volume.unknown": volume(50, {}, "b"),
    "address.unused": (make("ec2", "AllocateAddress", {"Domain": "vpc"}, id="AllocationId"),),
    "key.bob": (make("ec2", "CreateKeyPair", {"KeyName": "bob-macbook"}),),
    "balancer.shop": load_balancer(),
    "group.worker": scaling_group(),
}
