"""A bucket with all that a bucket can have."""

from tests.engine.kinds.sample import Beside, Sample

LOG = {"principal": "logging.s3.amazonaws.com", "actions": "s3:PutObject", "resources": "/*"}
ONLY_TLS = {
    "effect": "deny",
    "principal": "*",
    "actions": "s3:*",
    "condition": {"Bool": {"aws:SecureTransport": False}},
}

SAMPLE = Sample(
    name="acme-conformance",
    beside=(
        Beside("bucket", "acme-conformance-logs", {"policy": {"log": LOG}}),
        Beside("role", "reader", {"trusts": "lambda"}),
        Beside("function", "thumbs"),
        Beside("queue", "uploads"),
        Beside("topic", "news"),
    ),
    spec={
        "versioning": True,
        "lifecycle": {"delete_after_days": 90},
        "cors": {"shop": {"origins": ["https://example.com"], "methods": ["get", "put"], "max_age": 600}},
        "policy": {"only-tls": ONLY_TLS},
        "notifications": {"pictures": {"function": "thumbs", "prefix": "pictures/", "suffix": ".png"}},
        "ownership": "enforced",
        "tags": {"team": "shop"},
    },
    updates={
        "versioning": (False, 1),
        "encryption": ("kms", 1),
        "public_access": (True, 1),
        "lifecycle": ({"delete_after_days": 30, "archive_after_days": 7}, 1),
        "website": ({"index": "index.html", "error": "404.html"}, 1),
        "cors": (
            {
                "shop": {"origins": ["https://example.com"], "methods": ["GET"]},
                "any": {"origins": "*", "methods": "HEAD"},
            },
            1,
        ),
        "policy": (
            {
                "only-tls": ONLY_TLS,
                "reader": {"principal": "${role.reader.arn}", "actions": ["s3:GetObject"], "resources": "/pictures/*"},
            },
            1,
        ),
        "notifications": (
            [
                {"name": "pictures", "queue": "uploads", "events": ["created", "deleted"]},
                {"name": "films", "topic": "news", "prefix": "films/"},
            ],
            4,
        ),
        "logging": ({"bucket": "acme-conformance-logs", "prefix": "shop/"}, 1),
        "ownership": ("preferred", 1),
        "tags": ({"team": "mill", "stage": "prod"}, 1),
    },
    hostile=("Upper", "a..b", "192.168.0.1"),
)
