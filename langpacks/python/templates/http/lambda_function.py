import base64
import json


def handler(event, context):
    """Answers a function URL or an HTTP API (payload format 2.0)."""
    request = event["requestContext"]["http"]
    route = ROUTES.get((request["method"], request["path"]))
    if route is None:
        return answer(404, {"message": f"There is no {request['method']} {request['path']}"})
    try:
        return route(event)
    except ValueError as error:
        return answer(400, {"message": str(error)})


def hello(event):
    name = (event.get("queryStringParameters") or {}).get("name", "world")
    return answer(200, {"message": f"Hello, {name}"})


def echo(event):
    return answer(200, {"received": body(event)})


ROUTES = {("GET", "/"): hello, ("POST", "/"): echo}


def body(event):
    """The JSON that was sent; None where nothing was."""
    text = event.get("body") or "null"
    if event.get("isBase64Encoded"):
        text = base64.b64decode(text)
    return json.loads(text)


def answer(status, document):
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(document),
    }
