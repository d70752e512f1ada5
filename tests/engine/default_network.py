"""The account's default network as AWS makes it: an emulator leaves out its way to the internet."""

from __future__ import annotations

import boto3


def complete_default_network(endpoint: str, region: str = "eu-west-1") -> str:
    """Attach an internet gateway and route to it. The network's id."""
    client = boto3.client("ec2", region_name=region, endpoint_url=endpoint)
    [vpc] = client.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    id: str = vpc["VpcId"]
    gateway = client.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    client.attach_internet_gateway(InternetGatewayId=gateway, VpcId=id)
    [table] = client.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [id]}])["RouteTables"]
    client.create_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    return id
