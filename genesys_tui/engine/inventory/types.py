"""What other tools call the things that we have kinds for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CLOUDFORMATION: Final[Mapping[str, tuple[str, ...]]] = {
    "api": ("AWS::ApiGatewayV2::Api", "AWS::Serverless::HttpApi"),
    "bucket": ("AWS::S3::Bucket",),
    "cache": ("AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::CacheCluster", "AWS::MemoryDB::Cluster"),
    "certificate": ("AWS::CertificateManager::Certificate",),
    "cluster": ("AWS::ECS::Cluster",),
    "container-service": ("AWS::ECS::Service",),
    "database": ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster"),
    "distribution": ("AWS::CloudFront::Distribution",),
    "dns-record": ("AWS::Route53::RecordSet",),
    "dns-zone": ("AWS::Route53::HostedZone",),
    "filesystem": ("AWS::EFS::FileSystem",),
    "function": ("AWS::Lambda::Function", "AWS::Serverless::Function"),
    "instance": ("AWS::EC2::Instance",),
    "key": ("AWS::KMS::Key",),
    "layer": ("AWS::Lambda::LayerVersion", "AWS::Serverless::LayerVersion"),
    "load-balancer": ("AWS::ElasticLoadBalancingV2::LoadBalancer",),
    "log-group": ("AWS::Logs::LogGroup",),
    "network": ("AWS::EC2::VPC",),
    "parameter": ("AWS::SSM::Parameter",),
    "queue": ("AWS::SQS::Queue",),
    "repository": ("AWS::ECR::Repository",),
    "role": ("AWS::IAM::Role",),
    "rule": ("AWS::Events::Rule",),
    "schedule": ("AWS::Scheduler::Schedule",),
    "secret": ("AWS::SecretsManager::Secret",),
    "security-group": ("AWS::EC2::SecurityGroup",),
    "table": ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "AWS::Serverless::SimpleTable"),
    "topic": ("AWS::SNS::Topic",),
    "volume": ("AWS::EC2::Volume",),
}
"""By kind, the resource types of CloudFormation. Source: its resource type reference."""

TERRAFORM: Final[Mapping[str, tuple[str, ...]]] = {
    "api": ("aws_apigatewayv2_api",),
    "bucket": ("aws_s3_bucket",),
    "cache": ("aws_elasticache_replication_group", "aws_elasticache_cluster", "aws_memorydb_cluster"),
    "certificate": ("aws_acm_certificate",),
    "cluster": ("aws_ecs_cluster",),
    "container-service": ("aws_ecs_service",),
    "database": ("aws_db_instance", "aws_rds_cluster"),
    "distribution": ("aws_cloudfront_distribution",),
    "dns-record": ("aws_route53_record",),
    "dns-zone": ("aws_route53_zone",),
    "filesystem": ("aws_efs_file_system",),
    "function": ("aws_lambda_function",),
    "instance": ("aws_instance",),
    "key": ("aws_kms_key",),
    "layer": ("aws_lambda_layer_version",),
    "load-balancer": ("aws_lb", "aws_alb"),
    "log-group": ("aws_cloudwatch_log_group",),
    "network": ("aws_vpc", "aws_default_vpc"),
    "parameter": ("aws_ssm_parameter",),
    "queue": ("aws_sqs_queue",),
    "repository": ("aws_ecr_repository",),
    "role": ("aws_iam_role",),
    "rule": ("aws_cloudwatch_event_rule",),
    "schedule": ("aws_scheduler_schedule",),
    "secret": ("aws_secretsmanager_secret",),
    "security-group": ("aws_security_group", "aws_default_security_group"),
    "table": ("aws_dynamodb_table",),
    "topic": ("aws_sns_topic",),
    "volume": ("aws_ebs_volume",),
}
"""By kind, the resource types of Terraform's provider `aws`."""


def pulumi_word(type: str) -> str:
    """The last word of Pulumi's type in lowercase: `bucket` of `aws:s3/bucketV2:BucketV2`."""
    return type.rpartition(":")[2].lower().removesuffix("v2")
