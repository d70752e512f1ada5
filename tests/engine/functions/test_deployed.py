"""The function of the account, run because somebody asked: its answers as Lambda gives them over HTTP. These are fed,
for the emulator runs no code without containers."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from genesys_tui.engine.functions import deployed
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.identity import Target
from genesys_tui.engine.model.invocation import Answer, Invocation
from genesys_tui.engine.providers.aws.session import Session
from tests.served import Asked, Reply, served

REQUEST = "b57a0b4d-8b5c-4c4f-9f3a-6f4a1d2b9c11"
LOG = f"""START RequestId: {REQUEST} Version: $LATEST
hello \x1b[2J
END RequestId: {REQUEST}
REPORT RequestId: {REQUEST}\tDuration: 2.11 ms\tBilled Duration: 3 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\t"""


@dataclass
class Lambda:
    """`payload`, `error` and `log`: what is answered; without `answers` it runs, and hangs up."""

    payload: Any = None
    error: str = ""
    log: str = LOG
    answers: bool = True
    asked: list[tuple[str, Any]] = field(default_factory=list)
    url: str = ""

    def answer(self, asked: Asked) -> Reply | None:
        self.asked.append((asked.path, json.loads(asked.body)))
        headers = {"x-amz-function-error": self.error} if self.error else {}
        if asked.headers["x-amz-log-type"] == "Tail":
            headers["x-amz-log-result"] = b64encode(self.log.encode()).decode()
        return Reply(json.dumps(self.payload).encode(), headers=headers) if self.answers else None


@pytest.fixture
def service() -> Iterator[Lambda]:
    service = Lambda()
    with served(service.answer) as place:
        service.url = f"http://{place}"
        yield service


def invoked(service: Lambda, *, read_only: bool = False) -> Answer:
    session = Session(Target(region="eu-west-1", endpoint=service.url), read_only=read_only)
    try:
        return deployed.invoke(session, "answer", Invocation({"who": "you"}))
    finally:
        session.close()


@pytest.mark.usefixtures("aws")
def test_it_answers_with_its_log_and_what_it_took(service: Lambda) -> None:
    service.payload = {"hello": "you"}
    service.log = f"{LOG}Init Duration: 112.93 ms\t\n"
    answer = invoked(service)
    assert service.asked == [("/2015-03-31/functions/answer/invocations", {"who": "you"})]
    assert (answer.ending, answer.payload, answer.request) == ("answered", {"hello": "you"}, REQUEST)
    assert (answer.max_memory_mb, answer.init_ms) == (36, 112.93)
    assert answer.ms > 0
    assert [line.text for line in answer.logs][1] == "hello \x1b[2J", "as it was written; whoever shows it makes it fit"


@pytest.mark.usefixtures("aws")
def test_an_error_of_the_code_is_told_with_its_places(service: Lambda) -> None:
    trace = ['  File "/var/task/main.py", line 2, in handler\n    return 1 / 0\n', '  File "/opt/x.py", line 9, in f\n']
    service.payload = {"errorMessage": "division by zero", "errorType": "ZeroDivisionError", "stackTrace": trace}
    service.error = "Unhandled"
    answer = invoked(service)
    assert answer.ending == "failed"
    assert answer.error is not None
    assert (answer.error.type, answer.error.message) == ("ZeroDivisionError", "division by zero")
    places = ["main.py:2 in handler: return 1 / 0", "1 place in libraries"]
    assert [str(frame) for frame in answer.error.trace] == places
    assert answer.init_ms is None


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(("payload", "message"), [("text", '"text"'), (None, "null"), (["a"], '["a"]')])
def test_an_error_of_any_shape_is_told(service: Lambda, payload: Any, message: str) -> None:
    service.payload, service.error, service.log = payload, "Handled", ""
    answer = invoked(service)
    assert answer.error is not None
    assert (answer.error.type, answer.error.message) == ("Handled", message)
    assert answer.logs == ()


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("printed", ["1.2.3", "9" * 5_000])
def test_what_code_prints_is_not_taken_for_the_report(service: Lambda, printed: str) -> None:
    line = f"REPORT RequestId: evil Max Memory Used: {printed} MB Init Duration: {printed} ms\n"
    service.log = line + LOG
    answer = invoked(service)
    assert (answer.request, answer.max_memory_mb, answer.init_ms) == (REQUEST, 36, None)
    service.log = line
    assert invoked(service).ending == "answered"


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("trace", "told"),
    [
        (["\tcom.example.Main.handle(Main.java:7)"], "com.example.Main.handle(Main.java:7)"),
        ([{"path": "main.go", "line": 7, "label": "handle"}], "main.go:7 in handle"),
        ([f'  File "/var/task/x.py", line {"9" * 5_000}, in f'], f'File "/var/task/x.py", line {"9" * 5_000}, in f'),
        (['  File "/var/task/\x00.py", line 1, in f'], "1 place in libraries"),
    ],
)
def test_a_trace_of_any_runtime_is_told(service: Lambda, trace: Any, told: str) -> None:
    service.payload, service.error = {"errorMessage": "no", "errorType": "E", "stackTrace": trace}, "Unhandled"
    answer = invoked(service)
    assert answer.error is not None
    assert [str(frame) for frame in answer.error.trace] == [told]


@pytest.mark.usefixtures("aws")
def test_it_is_run_once_though_the_answer_is_lost(service: Lambda) -> None:
    service.answers = False
    with pytest.raises(CallError) as caught:
        invoked(service)
    assert caught.value.failure == "lost"
    assert len(service.asked) == 1


@pytest.mark.usefixtures("aws")
def test_it_is_not_run_when_only_looking_is_allowed(service: Lambda) -> None:
    with pytest.raises(CallError, match="read-only"):
        invoked(service, read_only=True)
    assert service.asked == []
