"""Makes what a seed says, through the public API: side by side, each resource when those it refers to are there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter

import boto3
import jmespath
from botocore.client import BaseClient
from botocore.config import Config

from genesys_tui.engine.demo.records import REGION, Calls, Seed
from genesys_tui.engine.model.call import Answer, Call, Json, Params, Value
from genesys_tui.engine.model.references import Output

WORKERS = 3
"""The server's CPU is the limit; these are enough to keep it busy."""

Outputs = dict[str, dict[str, Value]]


class Clients:
    """A client for each service and region that a seed calls, made while the server starts."""

    def __init__(self, seed: Seed, endpoint: str) -> None:
        config = Config(retries={"total_max_attempts": 1}, max_pool_connections=WORKERS, read_timeout=20)
        session = boto3.session.Session(region_name=REGION)
        places = {(call.service, call.region) for calls in seed.values() for call in calls}
        self._clients: dict[tuple[str, str | None], BaseClient] = {
            (service, region): session.client(service, region_name=region, endpoint_url=endpoint, config=config)
            for service, region in sorted(places, key=str)
        }

    def send(self, call: Call, params: Params) -> Answer:
        """Raises botocore's errors: nothing is tried twice."""
        client = self._clients[call.service, call.region]
        method = next(
            name for name, operation in client.meta.method_to_api_mapping.items() if operation == call.operation
        )
        answer: Answer = getattr(client, method)(**params)
        return answer


def plant(seed: Seed, clients: Clients) -> Outputs:
    """Send every call of the seed; returns the outputs by resource. Raises botocore's errors at the first failure."""
    outputs: Outputs = {name: {} for name in seed}
    graph = TopologicalSorter({name: set(_references(call.params for call in calls)) for name, calls in seed.items()})
    graph.prepare()
    running: dict[Future[None], str] = {}
    with ThreadPoolExecutor(WORKERS, "planting") as pool:
        while graph.is_active():
            running |= {pool.submit(_grow, seed[name], clients, outputs, name): name for name in graph.get_ready()}
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                name = running.pop(future)
                if future.exception():
                    pool.shutdown(cancel_futures=True)
                future.result()
                graph.done(name)
    return outputs


def _grow(calls: Calls, clients: Clients, outputs: Outputs, name: str) -> None:
    for call in calls:
        params = {key: _resolve(value, outputs, name) for key, value in call.params.items()}
        answer = clients.send(call, params)
        outputs[name] |= {key: jmespath.search(capture.expression, answer) for key, capture in call.captures.items()}


def _resolve(value: Value, outputs: Outputs, own: str) -> Value:
    match value:
        case Output(name, address):
            return outputs[address or own][name]
        case Json(document):
            return json.dumps(_resolve(document, outputs, own))
        case Mapping():
            return {key: _resolve(inner, outputs, own) for key, inner in value.items()}
        case list() | tuple():
            return [_resolve(inner, outputs, own) for inner in value]
        case _:
            return value


def _references(values: Iterable[Value]) -> Iterator[str]:
    for value in values:
        match value:
            case Output(_, str() as address):
                yield address
            case Json(document):
                yield from _references([document])
            case Mapping():
                yield from _references(value.values())
            case list() | tuple():
                yield from _references(value)
