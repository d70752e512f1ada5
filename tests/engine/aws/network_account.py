"""An AWS account for the tests of networks, and the little that an executor does with lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count, islice
from threading import Event
from typing import Any

from genesys_tui.engine.executor.params import Context, captured, holds
from genesys_tui.engine.model.call import Call, read
from genesys_tui.engine.model.document import Document, differences, nest
from genesys_tui.engine.model.identity import Target
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.plan import Line
from genesys_tui.engine.model.resource import Actual, address_of
from genesys_tui.engine.model.specs.network import NetworkSpec
from genesys_tui.engine.providers.aws.limits import Clock
from genesys_tui.engine.providers.aws.network.network import Network
from genesys_tui.engine.providers.aws.session import Session

KIND = Network()
PLACE = Placement("eu-west-1", "shop", "123456789012")


@dataclass
class Account:
    """An AWS account, and the little that an executor does: fill in, send in order, capture."""

    session: Session
    name: str = "main"
    executions: Iterator[int] = field(default_factory=count)
    outputs: dict[str, str] = field(default_factory=dict)

    def send(self, lines: Iterator[Line], *, calls: int | None = None) -> int:
        """Send the calls of the lines, or only the first so many. How many there were."""
        self.outputs = {}
        address = address_of(KIND.name, self.name)
        token = f"run{next(self.executions)}/{address}"
        sent = 0
        for call in islice((call for line in lines for call in line.calls), calls):
            context = Context(address, token, self.outputs, {})
            answer = self.session.send(call, context.fill(call.params))
            found = captured(call.captures, answer or {})
            assert found is not None
            self.outputs.update(found)
            if call.wait:
                done = self.session.send(call.wait.read, context.fill(call.wait.read.params))
                assert holds(call.wait.done, done)
            sent += 1
        return sent

    def filled(self, **asked: Any) -> NetworkSpec:
        want = NetworkSpec.of(asked)
        return KIND.fill(want, self.session.ask(KIND.prepare("main", want, None)), ())

    def create(self, want: NetworkSpec, *, calls: int | None = None) -> int:
        facts = self.session.ask(KIND.prepare("main", want, None))
        return self.send(KIND.create(self.name, want, PLACE, facts), calls=calls)

    def actual(self) -> Actual:
        bare = self.session.ask(KIND.locate(self.name))
        assert bare is not None
        actual = self.session.ask(KIND.read(bare.id, KIND.fields))
        assert actual is not None
        return actual

    def converge(self, want: Document, *, calls: int | None = None) -> int:
        """An update to `want`, as the planner asks for it. How many calls it took."""
        have = self.actual()
        changed = NetworkSpec.of(nest((change.path, change.after) for change in differences(want, have.spec)))
        if not changed.model_fields_set:
            return 0
        facts = self.session.ask(KIND.prepare("main", changed, have))
        return self.send(KIND.update(have, changed, PLACE, facts), calls=calls)

    def delete(self, *, calls: int | None = None) -> int:
        have = self.actual()
        facts = self.session.ask(KIND.prepare("main", NetworkSpec(), have))
        assert KIND.refuses_removal(have, facts) == ""
        return self.send(KIND.delete(have, facts), calls=calls)

    def ec2(self, operation: str, **params: Any) -> Any:
        """A call of somebody else, or a look from outside."""
        call = read("ec2", operation) if operation.startswith("Describe") else Call("ec2", operation)
        return self.session.send(call, params) or {}

    def tables(self, vpc: str) -> list[Any]:
        """The route tables of a network, as EC2 answers them."""
        filters = [{"Name": "vpc-id", "Values": [vpc]}]
        tables: list[Any] = self.ec2("DescribeRouteTables", Filters=filters)["RouteTables"]
        return tables

    def counts(self) -> Mapping[str, int]:
        """All networks and parts of the region."""
        listings = ("Vpcs", "Subnets", "RouteTables", "InternetGateways")
        return {listing: len(self.ec2(f"Describe{listing}")[listing]) for listing in listings}


def added(before: Mapping[str, int], after: Mapping[str, int]) -> Mapping[str, int]:
    """What came between two counts."""
    return {listing: after[listing] - before[listing] for listing in after}


class Hurried(Clock):
    """A clock that runs on instead of waiting: the rate limits of the session are not what is tested."""

    ahead = 0.0

    def now(self) -> float:
        return super().now() + self.ahead

    def wait(self, event: Event, seconds: float) -> bool:
        self.ahead += seconds
        return event.is_set()


def open_session(endpoint: str) -> Session:
    return Session(Target(region=PLACE.region, endpoint=endpoint), read_only=False, clock=Hurried())
