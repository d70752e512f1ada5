"""The driver of readings, fed with answers by hand."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from genesys_tui.engine.model.call import Answer, Call, read
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import Found, Reading
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.providers.aws.readings import drive


class Service:
    """Answers every call at once, by `answer`; remembers what was asked."""

    def __init__(self, answer: Callable[[Call], Any] = lambda call: {"of": call.operation}) -> None:
        self.answer = answer
        self.asked: list[Call] = []

    def __call__(self, call: Call) -> Future[Answer | None]:
        self.asked.append(call)
        future: Future[Answer | None] = Future()
        answer = self.answer(call)
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)
        return future


def of(operation: str, **params: Any) -> Call:
    return read("s3", operation, params)


def denied(call: Call) -> CallError:
    return CallError(call.name, "denied", "AccessDenied", "no", action=call.name)


def asks(call: Call) -> Reading[Any]:
    return (yield call)


def test_a_call_is_answered() -> None:
    assert drive([asks(of("A")), asks(of("B"))], Service()) == [{"of": "A"}, {"of": "B"}]


def test_nothing_to_read() -> None:
    assert drive([], Service()) == []


def test_an_absent_answer_is_none() -> None:
    assert drive([asks(of("A"))], Service(lambda _: None)) == [None]


def test_a_list_is_answered_in_its_order_whatever_stands_in_it() -> None:
    def nested() -> Reading[Any]:
        inner = yield [of("B"), asks(of("C"))]
        return ["nested", *inner]

    def outer() -> Reading[Any]:
        nothing = yield []
        return (yield [of("A"), nested(), of("D")]), nothing

    answers = [{"of": "A"}, ["nested", {"of": "B"}, {"of": "C"}], {"of": "D"}]
    assert drive([outer()], Service()) == [(answers, [])]


def test_the_answers_of_a_list_may_come_in_any_order() -> None:
    futures: dict[str, Future[Answer | None]] = {}

    def start(call: Call) -> Future[Answer | None]:
        futures[call.operation] = Future()
        if len(futures) == 3:
            for operation in ("C", "A", "B"):
                futures[operation].set_result({"of": operation})
        return futures[call.operation]

    def outer() -> Reading[Any]:
        return (yield [of("A"), of("B"), of("C")])

    assert drive([outer()], start) == [[{"of": "A"}, {"of": "B"}, {"of": "C"}]]


def test_the_error_of_a_single_call_is_thrown_in() -> None:
    def careful() -> Reading[str]:
        try:
            yield of("A")
        except CallError as error:
            return error.failure
        return "not thrown"

    assert drive([careful()], Service(denied)) == ["denied"]


def test_an_error_in_a_list_is_an_answer() -> None:
    def outer() -> Reading[Any]:
        first, second, third = yield [of("A"), of("B"), asks(of("C"))]
        return first, second.failure, third.failure

    service = Service(lambda call: {} if call.operation == "A" else denied(call))
    assert drive([outer()], service) == [({}, "denied", "denied")]


def test_the_error_of_one_reading_is_its_result_and_no_others() -> None:
    service = Service(lambda call: denied(call) if call.operation == "B" else {"of": call.operation})
    first, second, third = drive([asks(of("A")), asks(of("B")), asks(of("C"))], service)
    assert (first, third) == ({"of": "A"}, {"of": "C"})
    assert isinstance(second, CallError)
    assert second.action == "s3:B"


def test_found_streams_at_once() -> None:
    events: list[str] = []

    def listing() -> Reading[None]:
        yield Found((Actual("bucket", "a", "a", "r"),))
        yield of("A")
        yield Found((Actual("bucket", "b", "b", "r"), Actual("bucket", "c", "c", "r")))

    service = Service(lambda call: events.append(call.operation))
    drive([listing()], service, on_found=lambda actuals: events.extend(actual.name for actual in actuals))
    assert events == ["a", "A", "b", "c"]
    assert drive([listing()], service) == [None]


def test_reads_that_are_alike_are_asked_once() -> None:
    def twice(first: Call, then: Call) -> Reading[Any]:
        return (yield first), (yield then)

    service = Service()
    one, other = of("A", Bucket="b", Deep={"x": [1], "y": 2}), of("A", Deep={"y": 2, "x": (1,)}, Bucket="b")
    results = drive([asks(one), asks(other), twice(one, other)], service)
    assert results == [{"of": "A"}, {"of": "A"}, ({"of": "A"}, {"of": "A"})]
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    "other",
    [
        of("B", Bucket="b"),
        of("A", Bucket="c"),
        of("A", Bucket=True),
        read("ec2", "A", {"Bucket": "b"}),
        read("s3", "A", {"Bucket": "b"}, region="eu-west-1"),
        read("s3", "A", {"Bucket": "b"}, absent_on=("404",)),
        read("s3", "A", {"Bucket": "b"}, paginate=True),
    ],
)
def test_calls_that_differ_are_all_asked(other: Call) -> None:
    service = Service()
    drive([asks(of("A", Bucket="b")), asks(other)], service)
    assert service.asked == [of("A", Bucket="b"), other]


def test_calls_that_do_not_only_read_are_never_shared() -> None:
    service = Service()
    secret = Call("s3", "A", effect="secret")
    drive([asks(Call("s3", "A")), asks(Call("s3", "A")), asks(secret), asks(secret)], service)
    assert len(service.asked) == 4


def test_a_shared_error_reaches_all_who_asked() -> None:
    service = Service(denied)
    results = drive([asks(of("A")), asks(of("A"))], service)
    assert [getattr(result, "failure", None) for result in results] == ["denied", "denied"]
    assert len(service.asked) == 1


def test_a_thousand_levels_and_ten_thousand_readings() -> None:
    def level(depth: int) -> Reading[int]:
        if not depth:
            yield of("Bottom")
            return 0
        (below,) = yield [level(depth - 1)]
        return int(below) + 1

    assert drive([level(3_000)], Service()) == [3_000]
    service = Service()
    assert len(drive([asks(of("A", Bucket=str(number))) for number in range(10_000)], service)) == 10_000
    assert len(service.asked) == 10_000


def test_a_bug_is_raised_and_all_other_readings_are_closed() -> None:
    closed: list[str] = []

    def patient(name: str) -> Reading[None]:
        try:
            yield of("Never")
        finally:
            closed.append(name)

    def parent() -> Reading[None]:
        try:
            yield [patient("child")]
        finally:
            closed.append("parent")

    def broken() -> Reading[None]:
        yield of("A")
        raise ZeroDivisionError

    never: Future[Answer | None] = Future()
    answered: Future[Answer | None] = Future()
    answered.set_result({})
    readings: list[Reading[None]] = [patient("first"), broken(), parent()]
    with pytest.raises(ZeroDivisionError):
        drive(readings, lambda call: never if call.operation == "Never" else answered)
    assert sorted(closed) == ["child", "first", "parent"]
    assert never.cancelled()


def test_an_error_that_is_no_call_error_is_raised() -> None:
    with pytest.raises(KeyError):
        drive([asks(of("A"))], Service(lambda _: KeyError("a fault of the program")))


def test_cancelling_closes_what_has_not_ended() -> None:
    pages: list[int] = []
    closed: list[str] = []

    def endless() -> Reading[None]:
        try:
            while True:
                yield Found(())
        finally:
            closed.append("endless")

    def waits() -> Reading[None]:
        try:
            yield [asks(of("A"))]
        finally:
            closed.append("waits")

    never: Future[Answer | None] = Future()
    results = drive(
        [waits(), endless()],
        lambda _: never,
        on_found=lambda _: pages.append(1),
        cancelled=lambda: len(pages) == 3,
    )
    assert [getattr(result, "failure", None) for result in results] == ["cancelled", "cancelled"]
    assert sorted(closed) == ["endless", "waits"]
