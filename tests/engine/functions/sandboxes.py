"""Functions of a few lines, opened as the loop opens them."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from threading import Condition

from genesys_tui.engine.functions.local.sandbox import Sandbox, open_sandbox
from genesys_tui.engine.functions.local.settings import SandboxSettings
from genesys_tui.engine.model.build import Built, BuiltLayer, Project, Target
from genesys_tui.engine.model.invocation import Answer, Invocation, Json, LogLine

ROOMY = SandboxSettings(memory=512, timeout=20, init_limit=60)
"""A machine under load takes its time; no test holds that something is fast."""


@dataclass
class Log:
    """What was told, and how to wait for a line of it."""

    lines: list[LogLine] = field(default_factory=list)
    changed: Condition = field(default_factory=Condition)

    def told(self, line: LogLine) -> None:
        with self.changed:
            self.lines.append(line)
            self.changed.notify_all()

    def wait_for(self, text: str) -> LogLine:
        with self.changed:
            assert self.changed.wait_for(lambda: self.has(text), timeout=30), f"nobody wrote {text!r}"
            return next(line for line in self.lines if text in line.text)

    def has(self, text: str) -> bool:
        return any(text in line.text for line in self.lines)


@dataclass
class Opened:
    """A sandbox, and what was told of it."""

    sandbox: Sandbox
    log: Log

    def ask(self, event: Json = None, limit: float | None = None) -> Answer:
        return self.sandbox.invoke(Invocation(event), limit)


def built(folder: Path, runtime: str, handler: str | None = "app.handler", layers: tuple[Path, ...] = ()) -> Built:
    made = tuple(BuiltLayer(path.name, path.name, "", 0, 0, path, reused=False) for path in layers)
    return Built(Project("echo", folder, Target(runtime)), handler, "", 0, 0, folder, made)


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text).lstrip())
    return path


@contextmanager
def opened(made: Built, home: Path, settings: SandboxSettings = ROOMY) -> Iterator[Opened]:
    log = Log()
    sandbox = open_sandbox(made, settings, home, log.told)
    try:
        yield Opened(sandbox, log)
    finally:
        sandbox.close()


def gone(pid: int, within: float = 10) -> bool:
    """Whether a process ends, waited for; one that is dead and only unburied is gone."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], within)[0])
    finally:
        os.close(process)


ECHO = """
import json, os, sys, time

print("loading")

def handler(event, context):
    print("got", json.dumps(event)[:100])
    return globals()[event["do"]](event, context) if isinstance(event, dict) and "do" in event else event

def environment(event, context):
    return dict(os.environ)

def about(event, context):
    return [context.function_name, context.memory_limit_in_mb, context.aws_request_id, context.invoked_function_arn,
            context.get_remaining_time_in_millis(), context.function_version, context.log_group_name]

def fail(event, context):
    return json.loads("{")

def leave(event, context):
    sys.exit(event["code"])

def quit_it(event, context):
    exit()

def hang(event, context):
    print("hanging")
    while True:
        time.sleep(0.01)

def hoard(event, context):
    hoarded = bytearray(event["mb"] * 1_000_000)
    time.sleep(event.get("hold", 0))
    return len(hoarded)

def flash(event, context):
    del (flashed := [bytearray(event["mb"] * 1_000_000)])[0]
    return "over"

def large(event, context):
    return "x" * event["size"]

def process(event, context):
    return os.getpid()

def warn(event, context):
    import logging
    logging.getLogger().warning("mind this")
    print("to stderr", file=sys.stderr)
    sys.stdout.write("without an end")

def unserializable(event, context):
    return {1, 2}
"""
"""A function that does what its event says."""
