import json


def handler(event, context):
    """Works on messages of an SQS queue. Those that fail are named, so that only they come again (the trigger has to
    report batch item failures)."""
    failed = []
    for record in event["Records"]:
        try:
            work(content(record["body"]))
        except Exception as error:
            print(f"message {record['messageId']} failed: {error!r}")
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def work(task):
    """What is to be done with one message."""
    print("working on", task)


def content(body):
    """JSON as what it means, other text as it is."""
    try:
        return json.loads(body)
    except ValueError:
        return body
