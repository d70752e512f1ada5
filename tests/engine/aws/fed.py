"""A kind without a cloud: its readings are fed answers, and its calls are held against IAM's reference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from genesys_tui.engine.model.call import Call
from genesys_tui.engine.model.kind import Found, Placement, Reading
from genesys_tui.engine.model.plan import Line
from genesys_tui.engine.providers.aws import iam
from tests.engine.aws.test_iam import allowed, real, statements, supports

T = TypeVar("T")

PLACE = Placement("eu-west-1", "shop", "123456789012")


class Fed:
    """Answers by operation: a document, None for what is absent, or a function of the params. `asked` are the calls
    as they came, `found` what was streamed."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = answers
        self.asked: list[Call] = []
        self.found: list[Any] = []

    def run(self, reading: Reading[T]) -> T:
        answer: Any = None
        while True:
            try:
                ask = reading.send(answer)
            except StopIteration as end:
                result: T = end.value
                return result
            match ask:
                case Found(actuals):
                    self.found += actuals
                    answer = None
                case list():
                    answer = [self._answer(one) for one in ask]
                case _:
                    answer = self._answer(ask)

    def _answer(self, ask: Any) -> Any:
        if not isinstance(ask, Call):
            return self.run(ask)
        self.asked.append(ask)
        answer = self.answers[ask.operation]
        return answer(ask.params) if callable(answer) else answer


def calls_of(lines: Iterable[Line]) -> list[Call]:
    return [call for line in lines for call in line.calls]


def check_permissions(calls: Iterable[Call]) -> None:
    """Every action, also of what is looked at on the way, is a real one, on a resource that it can be restricted to; a
    read may be allowed on all."""
    for call in calls:
        looks = [part.read for part in (call.wait, call.find, call.guard, call.merge) if part]
        for one in (call, *looks):
            assert all(action in real(action.partition(":")[0]) for action in iam.actions(one)), one.name
            for action, resources in allowed(statements(one)).items():
                fits = [
                    supports(action, resource) or (one.effect == "read" and resource == "*") for resource in resources
                ]
                assert all(fits), (action, resources)
