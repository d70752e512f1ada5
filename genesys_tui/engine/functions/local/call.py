"""One event, handed to the process of a function, and what came of it."""

from __future__ import annotations

import json
import secrets
import signal
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from genesys_tui.engine.functions.local import report
from genesys_tui.engine.functions.local.instance import Ended, Happening, Instance, Late, Over
from genesys_tui.engine.functions.local.log import Log
from genesys_tui.engine.functions.local.missing import place_of_import
from genesys_tui.engine.functions.local.runtime_api import RESPONSE_LIMIT, Said, Work
from genesys_tui.engine.functions.local.traces import failure, places
from genesys_tui.engine.model.invocation import Answer, Ending, Failure, Frame, Json

_AFTER = 2.0
"""Seconds that a process has, once it answered, to ask for its next event."""


class Call:
    """One invocation of an instance. `usable`: whether the instance can take another event after it."""

    def __init__(self, instance: Instance, log: Log, request: str, limit: float | None) -> None:
        self.instance = instance
        self.log = log
        self.request = request
        self.limit = limit or instance.settings.timeout
        self.usable = False

    def run(self, event: bytes) -> Answer:
        if failed := self.load():
            return failed
        self.usable = False
        first, self.instance.used = not self.instance.used, True
        self.log.request = self.request
        self.log.add(report.start(self.request))
        answer = self._asked(event)
        if first and self.instance.init_ms is not None:
            answer = replace(answer, init_ms=self.instance.init_ms)
        return self._reported(answer)

    def load(self) -> Answer | None:
        """Wait until the code is loaded; the answer where it can't be."""
        failed = None if self.instance.loaded else self._load()
        self.instance.loaded = self.usable = failed is None
        return failed and self._reported(failed)

    def _reported(self, answer: Answer) -> Answer:
        """The answer with all that is known when it is over."""
        answer = replace(answer, max_memory_mb=self.instance.peak_mb, notes=self.instance.notes)
        if self.log.request:
            self.log.add(report.end(self.request))
        self.log.add(report.report(answer, self.instance.settings.memory))
        self.log.request = ""
        return replace(answer, logs=self.log.take())

    def _load(self) -> Answer | None:
        at, happened = self.instance.wait(self.instance.started + self.instance.settings.init_limit)
        if isinstance(happened, Said) and happened.what == "ready":
            self.instance.read()
            return None
        trace = self._where() if isinstance(happened, Late) else ()
        self.instance.close()
        ms = (at - self.instance.started) * 1000
        if isinstance(happened, Said):
            error, payload = failure(happened.body, happened.type, self._roots())
            if not error.place and (place := place_of_import(error.message, self.instance.built)):
                error = replace(error, trace=(*error.trace, place))
            return Answer(self.request, "not started", payload, 0.0, init_ms=ms, error=error)
        if isinstance(happened, Late):
            limit = self.instance.settings.init_limit
            error = self._error("Sandbox.Timedout", f"loading the code took more than {limit:.2f} seconds", trace)
            return self._failed("not started", error, 0.0, ms)
        ending: Ending = "not started" if isinstance(happened, Ended) else "out of memory"
        return self._failed(ending, self._end(happened), 0.0, ms)

    def _asked(self, event: bytes) -> Answer:
        begun = time.perf_counter()
        self.instance.hand(self._work(event))
        at, happened = self.instance.wait(begun + self.limit)
        while isinstance(happened, Said) and happened.what == "ready":
            at, happened = self.instance.wait(begun + self.limit)
        trace = self._where() if isinstance(happened, Late) else ()
        self.usable = isinstance(happened, Said) and self._asks_again() and not self.instance.over_limit()
        if self.usable:
            self.instance.read()
        else:
            self.instance.close()
        if isinstance(happened, Said) and self.instance.over_limit():
            happened = Over()
        return self._answer(happened, (at - begun) * 1000, trace)

    def _work(self, event: bytes) -> Work:
        trace = f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)};Parent={secrets.token_hex(8)};Sampled=0"
        deadline_ms = int((time.time() + self.limit) * 1000)
        return Work(
            self.request, event, deadline_ms, self.instance.settings.arn(self.instance.built.project.name), trace
        )

    def _asks_again(self) -> bool:
        """Whether the process, once it answered, asks for its next event; until then it may still write."""
        happened = self.instance.wait(time.perf_counter() + _AFTER)[1]
        return isinstance(happened, Said) and happened.what == "ready"

    def _answer(self, happened: Happening, ms: float, trace: tuple[Frame, ...]) -> Answer:
        match happened:
            case Said(what="answered"):
                return self._payload(happened.body, ms)
            case Said(what="too large"):
                message = f"Response payload size exceeded maximum allowed payload size ({RESPONSE_LIMIT} bytes)."
                return self._failed("failed", Failure("Function.ResponseSizeTooLarge", message), ms)
            case Said(what="streamed"):
                message = "the function streams its answer, which only AWS takes: here it must answer as a whole"
                return self._failed("failed", Failure("Runtime.StreamingNotSupported", message), ms)
            case Said():
                error, payload = failure(happened.body, happened.type, self._roots())
                return Answer(self.request, "failed", payload, ms, error=error)
            case Late():
                message = f"Task timed out after {self.limit:.2f} seconds"
                self.log.add(f"{_now()} {self.request} {message}")
                return self._failed("timed out", self._error("Sandbox.Timedout", message, trace), ms)
            case Over():
                return self._failed("out of memory", self._end(happened), ms)
            case Ended():
                return self._failed("exited", self._end(happened), ms)

    def _payload(self, body: bytes, ms: float) -> Answer:
        try:
            return Answer(self.request, "answered", json.loads(body) if body else None, ms)
        except ValueError:  # bytes, or the text of a runtime that is not ours
            return Answer(self.request, "answered", body.decode("utf-8", "replace"), ms)

    def _end(self, happened: Ended | Over) -> Failure:
        if isinstance(happened, Over):
            memory = self.instance.settings.memory
            message = f"Runtime exited with error: signal: killed (it used more than {memory} MB of memory)"
            return self._error("Runtime.OutOfMemory", message)
        if happened.code == 0:
            return self._error("Runtime.ExitError", "Runtime exited without providing a reason")
        return self._error("Runtime.ExitError", f"Runtime exited with error: {reason(happened)}")

    def _error(self, kind: str, message: str, trace: tuple[Frame, ...] = ()) -> Failure:
        return Failure(kind, f"RequestId: {self.request} Error: {message}", trace)

    def _failed(self, ending: Ending, error: Failure, ms: float, init_ms: float | None = None) -> Answer:
        payload: Json = {"errorType": error.type, "errorMessage": error.message}
        return Answer(self.request, ending, payload, ms, init_ms=init_ms, error=error)

    def _where(self) -> tuple[Frame, ...]:
        """Where the process hangs, in the user's source; it does not live on."""
        if self.instance.built.project.target.language != "python":
            return ()
        self.log.begin_dump()
        self.instance.tell_place()
        self.instance.read()
        return places(self.log.end_dump(), self._roots())

    def _roots(self) -> tuple[Path, ...]:
        return (self.instance.built.code, self.instance.built.project.folder)


def reason(ended: Ended) -> str:
    """How a process ended, in Lambda's words."""
    if ended.code >= 0:
        return f"exit status {ended.code}"
    words = signal.strsignal(-ended.code)
    return f"signal: {(words or str(-ended.code)).lower()}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
