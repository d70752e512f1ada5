"""Where the data is: databases, tables, caches, streams, keys and secrets."""

from __future__ import annotations

from genesys_tui.engine.demo.records import Calls, Seed, Tags, make, out, pairs
from genesys_tui.engine.model.call import Params
from genesys_tui.engine.model.references import Output

PROD = {"ManagedBy": "terraform", "Team": "platform", "env": "prod"}


def table(name: str, key: str, sort: str = "", tags: Tags | None = None, *, provisioned: bool = False) -> Calls:
    keys = [key, sort] if sort else [key]
    capacity: Params = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    request: Params = {
        "TableName": name,
        "AttributeDefinitions": [{"AttributeName": one, "AttributeType": "S"} for one in keys],
        "KeySchema": [
            {"AttributeName": one, "KeyType": kind} for one, kind in zip(keys, ("HASH", "RANGE"), strict=False)
        ],
        "Tags": pairs(tags or {}),
    }
    billing: Params = {"ProvisionedThroughput": capacity} if provisioned else {"BillingMode": "PAY_PER_REQUEST"}
    return (make("dynamodb", "CreateTable", {**request, **billing}),)


def database() -> Calls:
    """The shop's PostgreSQL: encrypted, but with one day of backups and open to be deleted."""
    subnets: Params = {
        "DBSubnetGroupName": "acme-prod",
        "DBSubnetGroupDescription": "Private subnets",
        "SubnetIds": [out("subnet.private-a"), out("subnet.private-b")],
        "Tags": pairs(PROD),
    }
    instance: Params = {
        "DBInstanceIdentifier": "acme-shop-prod",
        "DBName": "shop",
        "Engine": "postgres",
        "EngineVersion": "15.4",
        "DBInstanceClass": "db.t3.medium",
        "AllocatedStorage": 100,
        "StorageEncrypted": True,
        "MasterUsername": "shop",
        "MasterUserPassword": "only-a-demo-1",
        "DBSubnetGroupName": "acme-prod",
        "VpcSecurityGroupIds": [out("group.db")],
        "BackupRetentionPeriod": 1,
        "Tags": pairs({**PROD, "Team": "shop"}),
    }
    return (make("rds", "CreateDBSubnetGroup", subnets), make("rds", "CreateDBInstance", instance))


def old_database() -> Calls:
    """Somebody's WordPress: public, not encrypted, MySQL 5.7."""
    request: Params = {
        "DBInstanceIdentifier": "wordpress-blog",
        "Engine": "mysql",
        "EngineVersion": "5.7",
        "DBInstanceClass": "db.t2.micro",
        "AllocatedStorage": 20,
        "PubliclyAccessible": True,
        "MasterUsername": "admin",
        "MasterUserPassword": "only-a-demo-2",
        "Tags": pairs({"owner": "marketing@acme.example"}),
    }
    return (make("rds", "CreateDBInstance", request),)


def cache_cluster() -> Calls:
    request: Params = {
        "CacheClusterId": "acme-sessions",
        "Engine": "redis",
        "CacheNodeType": "cache.t3.micro",
        "NumCacheNodes": 1,
        "Tags": pairs({"Team": "shop", "env": "prd"}),
    }
    return (make("elasticache", "CreateCacheCluster", request),)


def key(alias: str, about: str, tags: Tags) -> Calls:
    request: Params = {
        "Description": about,
        "Tags": [{"TagKey": name, "TagValue": value} for name, value in tags.items()],
    }
    return (
        make("kms", "CreateKey", request, id="KeyMetadata.KeyId"),
        make("kms", "CreateAlias", {"AliasName": f"alias/{alias}", "TargetKeyId": Output("id")}),
    )


def secret(name: str, about: str, value: str, tags: Tags) -> Calls:
    request: Params = {"Name": name, "Description": about, "SecretString": value, "Tags": pairs(tags)}
    return (make("secretsmanager", "CreateSecret", request, id="ARN"),)


def parameter(name: str, value: str, kind: str = "String", tags: Tags | None = None) -> Calls:
    request: Params = {"Name": name, "Value": value, "Type": kind, "Tags": pairs(tags or {})}
    return (make("ssm", "PutParameter", request),)


SEED: Seed = {
    "table.carts": table("acme-carts", "cart_id", tags={"Team": "shop", "env": "prod"}),
    "table.products": table("acme-products", "sku", "version", {"Team": "shop", "env": "prod"}, provisioned=True),
    "table.locks": table("terraform-locks", "LockID", tags=PROD),
    "table.sessions": table("sessions_old", "id"),
    "database.shop": database(),
    "database.blog": old_database(),
    "cache.sessions": cache_cluster(),
    "stream.clicks": (
        make("kinesis", "CreateStream", {"StreamName": "acme-clickstream", "ShardCount": 1}),
        make("kinesis", "AddTagsToStream", {"StreamName": "acme-clickstream", "Tags": {"team": "data"}}),
    ),
    "key.backups": key("acme-backups", "Encrypts the backups", PROD),
    "secret.shop-db": secret(
        "prod/shop/database", "The shop's PostgreSQL", '{"username": "shop", "password": "only-a-demo-1"}', PROD
    ),
    "secret.stripe": secret("stripe-api-key", "", "sk_demo_not_a_key", {"owner": "anna"}),
    "parameter.url": parameter("/acme/prod/shop/base-url", "https://www.acme.example", tags={"env": "prod"}),
    "parameter.flags": parameter("/acme/prod/shop/feature-flags", '{"new-checkout": true}', tags={"Team": "shop"}),
    "parameter.password": parameter("/acme/dev/db-password", "only-a-demo-3", "SecureString"),
}
