import json


def handler(event, context):
    """Answers whatever asks: an API, a URL, a test."""
    path = event.get("rawPath", "/") if isinstance(event, dict) else "/"
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json"},
        "body": json.dumps({"message": "It works", "path": path}),
    }
