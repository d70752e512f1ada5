"""The state file of Acme's Terraform: written once the ids of what it made are known."""

from __future__ import annotations

from genesys_tui.engine.demo.records import out
from genesys_tui.engine.model.call import Json, Value

OWNED: tuple[tuple[str, str, Value], ...] = (
    ("aws_s3_bucket", "uploads", "acme-prod-uploads"),
    ("aws_s3_bucket", "backups", "acme-prod-backups"),
    ("aws_s3_bucket", "cloudtrail_logs", "acme-cloudtrail-logs"),
    ("aws_dynamodb_table", "locks", "terraform-locks"),
    ("aws_kms_key", "backups", out("key.backups")),
    ("aws_secretsmanager_secret", "database", out("secret.shop-db")),
    ("aws_db_instance", "shop", "acme-shop-prod"),
    ("aws_iam_role", "lambda", "lambda-basic"),
    ("aws_acm_certificate", "api", out("certificate.api", "arn")),
    ("aws_lb", "shop", out("balancer.shop", "arn")),
    ("aws_vpc", "prod", out("vpc.prod")),
    ("aws_subnet", "public_a", out("subnet.public-a")),
    ("aws_subnet", "public_b", out("subnet.public-b")),
    ("aws_subnet", "private_a", out("subnet.private-a")),
    ("aws_subnet", "private_b", out("subnet.private-b")),
    ("aws_internet_gateway", "prod", out("gateway.prod")),
    ("aws_route_table", "public", out("routes.public")),
    ("aws_route_table", "private", out("routes.private")),
    ("aws_security_group", "alb", out("group.alb")),
    ("aws_security_group", "app", out("group.app")),
    ("aws_security_group", "db", out("group.db")),
)
"""Type, name and id of what it manages."""


def _resource(type: str, name: str, id: Value) -> dict[str, Value]:
    provider = 'provider["registry.terraform.io/hashicorp/aws"]'
    attributes = {"attributes": {"id": id}}
    return {"mode": "managed", "type": type, "name": name, "provider": provider, "instances": [attributes]}


TERRAFORM_STATE = Json(
    {
        "version": 4,
        "terraform_version": "1.5.7",
        "serial": 214,
        "lineage": "6f2b8a57-0c1d-4d0e-9a54-3a1f0f6f8f11",
        "resources": [_resource(*owned) for owned in OWNED],
        "outputs": {},
    }
)
