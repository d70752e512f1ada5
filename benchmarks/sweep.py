"""The first sweep of an account of 1,000 mixed things: calls for each, and time next to bare boto3 threads that send
the same calls.

`python benchmarks/sweep.py [--rounds N]`
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

from servers import serving

REGION = "eu-west-1"
COUNTS: Mapping[str, int] = {
    "queue": 300,
    "topic": 200,
    "log group": 150,
    "table": 100,
    "role": 100,
    "bucket": 80,
    "parameter": 50,
    "function": 20,
}
TRUST = '{"Version":"2012-10-17","Statement":[]}'
PARAMS: Mapping[str, Mapping[str, Any]] = {"sqs:ListQueues": {"MaxResults": 1000}}
"""What a call of the sweep takes, where it takes anything that changes what is answered."""
THREADS = 32

SWEEP = """
import json, sys, time
from pathlib import Path
started = time.perf_counter()
from genesys_tui.engine.workspace import Settings, Workspace
workspace = Workspace(Settings(region=sys.argv[2], endpoint=sys.argv[1], home=Path(sys.argv[3])))
inventory = workspace.inventory()
seconds = time.perf_counter() - started
counts = workspace._reader.counts.by_operation
print(json.dumps([seconds, len(inventory.resources), inventory.calls, dict(counts), inventory.errors]))
workspace.close()
"""

FLOOR = """
import json, sys, time
from concurrent.futures import ThreadPoolExecutor
started = time.perf_counter()
import boto3
from botocore import xform_name
from botocore.config import Config
session = boto3.Session(region_name=sys.argv[2])
operations, params = json.loads(sys.argv[3]), json.loads(sys.argv[4])
config = Config(max_pool_connections=32)
services = sorted({name.partition(":")[0] for name in operations})
clients = {name: session.client(name, endpoint_url=sys.argv[1], config=config) for name in services}
def send(name):
    service, _, operation = name.partition(":")
    client, method, said = clients[service], xform_name(operation), params.get(name, {})
    if client.can_paginate(method):
        client.get_paginator(method).paginate(**said).build_full_result()
    else:
        getattr(client, method)(**said)
with ThreadPoolExecutor(32) as pool:
    list(pool.map(send, operations))
print(json.dumps(time.perf_counter() - started))
"""


def seed(endpoint: str) -> int:
    """Make the account. How many things there are."""
    import boto3

    session = boto3.Session(region_name=REGION)
    services = ("sqs", "sns", "logs", "dynamodb", "iam", "s3", "ssm", "lambda")
    clients = {name: session.client(name, endpoint_url=endpoint) for name in services}
    makers = _makers(clients)
    clients["iam"].create_role(RoleName="runner", AssumeRolePolicyDocument=TRUST)
    with ThreadPoolExecutor(THREADS) as pool:
        for kind, count in COUNTS.items():
            list(pool.map(makers[kind], range(count)))
    return sum(COUNTS.values()) + 1


def _makers(clients: Mapping[str, Any]) -> Mapping[str, Callable[[int], object]]:
    schema = [{"AttributeName": "id", "KeyType": "HASH"}]
    attributes = [{"AttributeName": "id", "AttributeType": "S"}]
    where = {"LocationConstraint": REGION}
    return {
        "queue": lambda n: clients["sqs"].create_queue(QueueName=f"queue-{n}", tags={"n": str(n)}),
        "topic": lambda n: clients["sns"].create_topic(Name=f"topic-{n}", Tags=[{"Key": "n", "Value": str(n)}]),
        "log group": lambda n: clients["logs"].create_log_group(logGroupName=f"/app/{n}"),
        "table": lambda n: clients["dynamodb"].create_table(
            TableName=f"table-{n}",
            KeySchema=schema,
            AttributeDefinitions=attributes,
            BillingMode="PAY_PER_REQUEST",
        ),
        "role": lambda n: clients["iam"].create_role(RoleName=f"role-{n}", AssumeRolePolicyDocument=TRUST),
        "bucket": lambda n: clients["s3"].create_bucket(Bucket=f"acme-sweep-{n}", CreateBucketConfiguration=where),
        "parameter": lambda n: clients["ssm"].put_parameter(Name=f"/app/{n}", Value="x", Type="String"),
        "function": lambda n: clients["lambda"].create_function(
            FunctionName=f"function-{n}",
            Runtime="python3.13",
            Handler="main.handler",
            Role="arn:aws:iam::123456789012:role/runner",
            Code={"ZipFile": _zip()},
        ),
    }


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zip:
        zip.writestr("main.py", "def handler(event, context): return {}")
    return buffer.getvalue()


def _process(script: str, *words: str) -> Any:
    environment = {**os.environ, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as installed: bytecode is kept, on both sides
    command = (sys.executable, "-c", script, *words)
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise SystemExit(done.stderr[-2_000:])
    return json.loads(done.stdout)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    os.environ.setdefault("AWS_ACCESS_KEY_ID", "x")
    os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "x")
    with serving() as server, tempfile.TemporaryDirectory() as home:
        things = seed(server.url)
        rounds = [_round(server.url, Path(home) / str(number)) for number in range(options.rounds)]
    (_, found, calls, _, errors), _ = rounds[-1]
    sweeps, floors = [sweep[0] for sweep, _ in rounds], [floor for _, floor in rounds]
    ratio = median(one / other for one, other in zip(sweeps, floors, strict=True))
    say = sys.stdout.write
    say(f"{things} things made, {found} found, {calls} calls: {calls / found:.2f} a thing (asked: at most 1.2)\n")
    say(f"sweep {median(sweeps):.2f} s, bare threads {median(floors):.2f} s: {ratio:.2f}x (asked: at most 1.5x)\n")
    for error in errors:
        say(f"could not be read: {error}\n")


def _round(endpoint: str, home: Path) -> tuple[Any, float]:
    """A sweep, then the same calls bare; each in a process of its own."""
    sweep = _process(SWEEP, endpoint, REGION, str(home))
    floor: float = _process(FLOOR, endpoint, REGION, json.dumps(sorted(sweep[3])), json.dumps(PARAMS))
    return sweep, floor


if __name__ == "__main__":
    main()
