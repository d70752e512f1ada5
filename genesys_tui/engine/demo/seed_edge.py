"""What the world sees: names, certificates and the content network. Much of it lives in us-east-1 or nowhere."""

from __future__ import annotations

from genesys_tui.engine.demo.records import Calls, Seed, Tags, make, pairs
from genesys_tui.engine.model.call import Params
from genesys_tui.engine.model.references import Output

US = "us-east-1"


def zone() -> Calls:
    """The zone of the company and its records."""
    records = (
        ("www.acme.example", "CNAME", "d111111abcdef8.cloudfront.example"),
        ("api.acme.example", "CNAME", "acme-shop.eu-west-1.elb.example"),
        ("old-shop.acme.example", "A", "192.0.2.17"),
        ("acme.example", "MX", "10 inbound-smtp.us-east-1.amazonaws.com"),
        ("_dmarc.acme.example", "TXT", '"v=DMARC1; p=none"'),
    )
    changes: list[Params] = [
        {
            "Action": "CREATE",
            "ResourceRecordSet": {"Name": name, "Type": kind, "TTL": 300, "ResourceRecords": [{"Value": value}]},
        }
        for name, kind, value in records
    ]
    request: Params = {"Name": "acme.example", "CallerReference": "seed"}
    return (
        make("route53", "CreateHostedZone", request, id="HostedZone.Id"),
        make(
            "route53", "ChangeResourceRecordSets", {"HostedZoneId": Output("id"), "ChangeBatch": {"Changes": changes}}
        ),
    )


def certificate(domain: str, tags: Tags, region: str | None = None) -> Calls:
    request: Params = {"DomainName": domain, "ValidationMethod": "DNS", "Tags": pairs(tags)}
    return (make("acm", "RequestCertificate", request, region=region, arn="CertificateArn"),)


def distribution() -> Calls:
    """Serves the static assets."""
    origin: Params = {
        "Id": "assets",
        "DomainName": "acme-static-assets.s3.eu-west-1.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    behaviour: Params = {
        "TargetOriginId": "assets",
        "ViewerProtocolPolicy": "redirect-to-https",
        "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
        "MinTTL": 0,
    }
    config: Params = {
        "CallerReference": "seed",
        "Comment": "static assets",
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": behaviour,
    }
    tags: Params = {"Items": pairs({"Team": "web", "Environment": "production"})}
    request: Params = {"DistributionConfigWithTags": {"DistributionConfig": config, "Tags": tags}}
    return (make("cloudfront", "CreateDistributionWithTags", request),)


SEED: Seed = {
    "zone.acme": zone(),
    "certificate.www": certificate("www.acme.example", {"Team": "web"}, US),
    "certificate.api": certificate("api.acme.example", {"ManagedBy": "terraform"}),
    "distribution.assets": distribution(),
    "queue.bounces": (make("sqs", "CreateQueue", {"QueueName": "ses-bounces", "tags": {"owner": "ops"}}, region=US),),
    "topic.budget": (
        make("sns", "CreateTopic", {"Name": "billing-alarms", "Tags": pairs({"owner": "cfo"})}, region=US),
    ),
}
