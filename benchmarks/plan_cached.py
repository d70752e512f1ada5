"""A plan of 1,000 unchanged resources: from what was read before as a whole process, in the app, and with everything
read anew next to bare boto3 threads that send the same reads.

`python benchmarks/plan_cached.py [--resources N] [--rounds N]`
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from servers import serving

REGION = "eu-west-1"
GENESYS = str(Path(sys.executable).with_name("genesys"))

IN_APP = """
import json, sys, time
from pathlib import Path
from genesys_tui.engine.workspace import Settings, Workspace, read_stack_file
workspace = Workspace(Settings(region=sys.argv[2], endpoint=sys.argv[1]))
path = Path(sys.argv[3])
def plan(refresh):
    started, spent = time.perf_counter(), time.process_time()
    plan = workspace.plan(read_stack_file(path), refresh=refresh)
    assert not plan.steps
    return time.perf_counter() - started, time.process_time() - spent
workspace.identity()
first = plan(True)
print(json.dumps([first[0], min(plan(False)[0] for _ in range(3))]))
workspace.close()
"""

FLOOR = """
import json, sys, time
from concurrent.futures import ThreadPoolExecutor
import boto3
from botocore.config import Config
config = Config(max_pool_connections=32)
client = boto3.client("sqs", endpoint_url=sys.argv[1], region_name=sys.argv[2], config=config)
pages = client.get_paginator("list_queues").paginate(PaginationConfig={"PageSize": 1000})
urls = pages.build_full_result()["QueueUrls"]
started = time.perf_counter()
with ThreadPoolExecutor(32) as pool:
    list(pool.map(lambda url: client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"]), urls))
print(json.dumps(time.perf_counter() - started))
"""


def _file(folder: Path, resources: int) -> Path:
    path = folder / "genesys.yaml"
    entries = "".join(f"    - {{name: queue-{n}, type: queue, visibility_timeout: 60}}\n" for n in range(resources))
    path.write_text(f"stack: bench\nregion: {REGION}\nresources:\n  messaging:\n{entries}")
    return path


def _run(*command: str) -> tuple[str, float]:
    started = time.perf_counter()
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit((done.stdout + done.stderr)[-2_000:])
    return done.stdout, time.perf_counter() - started


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--resources", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    with serving() as server, tempfile.TemporaryDirectory() as home:
        os.environ |= {
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
            "AWS_ENDPOINT_URL": server.url,
            "GENESYS_HOME": home,
        }
        path = _file(Path(home), options.resources)
        _run(GENESYS, "apply", str(path), "--yes")
        _run(GENESYS, "plan", str(path))
        cached = [_run(GENESYS, "plan", str(path), "--cached")[1] for _ in range(options.rounds)]
        refreshed, live = json.loads(_run(sys.executable, "-c", IN_APP, server.url, REGION, str(path))[0])
        floor = json.loads(_run(sys.executable, "-c", FLOOR, server.url, REGION)[0])
    say = sys.stdout.write
    say(f"{options.resources} unchanged resources\n")
    say(f"from the cache, a whole process: {median(cached):.2f} s (asked: under 1 s)\n")
    say(f"in the app: {live * 1_000:.0f} ms (asked: under 150 ms)\n")
    say(f"read anew: {refreshed:.2f} s, bare threads {floor:.2f} s: {refreshed / floor:.2f}x (asked: within 1.5x)\n")


if __name__ == "__main__":
    main()
