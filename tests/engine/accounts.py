"""What an account holds, as others see it: boto3, straight."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import boto3


def count_all(endpoint: str) -> Mapping[str, Any]:
    """All that an apply could leave behind, counted."""
    session = boto3.Session(region_name="eu-west-1")
    s3 = session.client("s3", endpoint_url=endpoint)
    ec2 = session.client("ec2", endpoint_url=endpoint)
    subnets = ec2.describe_subnets()["Subnets"]
    tables = ec2.describe_route_tables()["RouteTables"]
    gateways = ec2.describe_internet_gateways()["InternetGateways"]
    routes = [route for table in tables for route in table["Routes"] if route.get("GatewayId", "").startswith("igw-")]
    explicit = [link for table in tables for link in table["Associations"] if link.get("SubnetId")]
    return {
        "buckets": sorted(bucket["Name"] for bucket in s3.list_buckets()["Buckets"]),
        "vpcs": len(ec2.describe_vpcs()["Vpcs"]),
        "subnets": len(subnets),
        "public_subnets": sum(subnet["MapPublicIpOnLaunch"] for subnet in subnets),
        "tables": len(tables),
        "gateways": len(gateways),
        "attached": sum(len(gateway["Attachments"]) for gateway in gateways),
        "routes": len(routes),
        "associations": len(explicit),
    }
