"""Saves a project again and again under a running loop, in this process, and tells what each save took.

`python benchmarks/lambda_saves.py PROJECT HOME EDITS`; the endpoint is boto3's own `AWS_ENDPOINT_URL`. Prints one JSON
document: a list of milliseconds, one for each edit, by what they were measured of.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zlib
from collections.abc import Callable, Mapping
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from queue import Empty, Queue
from threading import Event
from time import perf_counter, process_time
from typing import Any, TypeVar
from zipfile import ZipFile

import lambda_projects
from botocore.httpsession import URLLib3Session

from genesys_tui.engine.functions.loop import Loop
from genesys_tui.engine.model.build import Built
from genesys_tui.engine.model.invocation import Invocation
from genesys_tui.engine.model.loop import BuildDone, Deployed, Failed, Invoked, LoopEvent, Planned
from genesys_tui.engine.workspace import Settings, Workspace, read_stack_file

PAUSE = 0.3
"""Seconds between two edits, in which everything comes to rest."""
PATIENCE = 120
"""Seconds that anything may take before the benchmark gives up."""

E = TypeVar("E")


class Calls:
    """When calls were under way, seen where botocore sends them."""

    def __init__(self) -> None:
        self.spans: list[tuple[float, float]] = []
        send = URLLib3Session.send

        def timed(session: URLLib3Session, request: object) -> object:
            began = perf_counter()
            try:
                return send(session, request)
            finally:
                self.spans.append((began, perf_counter()))

        URLLib3Session.send = timed

    def under_way(self, since: float, until: float) -> float:
        """Seconds in which at least one was, of those between two moments."""
        inside = [(max(began, since), min(ended, until)) for began, ended in self.spans if ended > since]
        total, at = 0.0, since
        for began, ended in sorted(inside):
            total += max(0.0, ended - max(began, at))
            at = max(at, ended)
        return total


class Told:
    """What the loop told, and when."""

    def __init__(self) -> None:
        self._queue: Queue[tuple[float, LoopEvent]] = Queue()
        self._kept: list[tuple[float, LoopEvent]] = []

    def __call__(self, event: LoopEvent) -> None:
        self._queue.put((perf_counter(), event))

    def until(self, kind: type[E], suits: Callable[[E], bool] = lambda _: True) -> tuple[float, E]:
        """The first of a kind that suits, of all since `forget`. Ends the benchmark where none comes."""
        looked = 0
        while True:
            while looked < len(self._kept):
                at, event = self._kept[looked]
                looked += 1
                if isinstance(event, Failed):
                    raise SystemExit(f"the loop failed: {event.error} {event.error.why}")
                if isinstance(event, kind) and suits(event):
                    return at, event
            try:
                self._kept.append(self._queue.get(timeout=PATIENCE))
            except Empty:
                raise SystemExit(f"no {kind.__name__} within {PATIENCE} seconds") from None

    def forget(self) -> None:
        self._kept.clear()
        while not self._queue.empty():
            self._queue.get()


class Saves:
    """The measurements: milliseconds by what they are of."""

    def __init__(self, project: Path, home: Path) -> None:
        self.project = project
        self.taken: dict[str, list[float]] = {}
        self.calls = Calls()
        self.told = Told()
        file = project / "genesys.yaml"
        self.workspace = Workspace(Settings(region="eu-west-1", stack="race", home=home))
        functions = self.workspace.functions
        subject = functions.subject("shop", lambda: read_stack_file(file), file)
        event = Invocation({}, "empty")
        self.loop: Loop = functions.loop(subject, self.told, lambda _: None, event=event)

    def begin(self) -> None:
        """Build, plan and deploy what is there."""
        self.loop.start()
        self.built = self.told.until(BuildDone)[1].built
        _, planned = self.told.until(Planned)
        self.told.until(Invoked)
        if planned.plan.steps:
            self.loop.apply()
            _, deployed = self.told.until(Deployed)
            _check(deployed)
        while not self.loop.watching:
            Event().wait(0.01)
        self.version = 0

    def one(self, *, live: bool) -> None:
        """Edit once. `live`: until it is deployed; else until it is planned."""
        Event().wait(PAUSE)
        self.told.forget()
        self.version += 1
        self.loop.live = live
        cpu, began = process_time(), perf_counter()
        lambda_projects.edit(self.project, self.version)
        zipped, built = self.told.until(BuildDone, lambda event: not event.same)
        self.built = built.built
        planned, _ = self.told.until(Planned, lambda event: event.save >= built.save)
        ended = planned
        if live:
            ended, deployed = self.told.until(Deployed)
            _check(deployed)
        answered, _ = self.told.until(Invoked, lambda event: self._newest(event.answer.payload))
        cpu = process_time() - cpu
        if live:
            own = ended - began - self.calls.under_way(began, ended)
            self._take(deployed=ended - began, own_wall=own, cpu_live=cpu)
        else:
            self._take(zip=zipped - began, answer=answered - began, plan=planned - began, cpu=cpu)

    def floors(self, bare: Bare) -> None:
        """What the same takes at the least: read and deflate, a Python that imports, an update."""
        self._timed("floor_zip", lambda: _deflated(self.project / "src"))
        self._timed("floor_answer", lambda: _answer(self.built, self.workspace.functions.home))
        content = (self.workspace.functions.home / "artifacts" / self.built.sha256).read_bytes()
        self._timed("floor_deployed", lambda: bare.update(content))

    def _timed(self, name: str, do: Callable[[], object]) -> None:
        began = perf_counter()
        do()
        self._take(**{name: perf_counter() - began})

    def _newest(self, payload: Any) -> bool:
        return isinstance(payload, Mapping) and payload.get("version") == self.version

    def _take(self, **seconds: float) -> None:
        for name, value in seconds.items():
            self.taken.setdefault(name, []).append(value * 1000)


def _check(deployed: Deployed) -> None:
    if deployed.record.status != "done":
        raise SystemExit(f"a deploy ended {deployed.record.status}")


class Bare:
    """A client of a function of its own, that does nothing but send code to it and wait until it runs."""

    NAME = "bare"

    def __init__(self) -> None:
        import boto3

        self._client = boto3.client("lambda", region_name="eu-west-1")
        shop = self._client.get_function(FunctionName="shop")["Configuration"]
        same = {name: shop[name] for name in ("Runtime", "Role", "Handler")}
        self._client.create_function(FunctionName=self.NAME, Code={"ZipFile": _empty_zip()}, **same)

    def update(self, content: bytes) -> None:
        self._client.update_function_code(FunctionName=self.NAME, ZipFile=content)
        while self._client.get_function_configuration(FunctionName=self.NAME)["LastUpdateStatus"] != "Successful":
            Event().wait(0.2)


def _empty_zip() -> bytes:
    with BytesIO() as buffer:
        with ZipFile(buffer, "w") as zip:
            zip.writestr("app.py", "")
        return buffer.getvalue()


def _deflated(folder: Path) -> None:
    """Every file of a source read and deflated, and a hash of that: no names, no order, no checks."""
    content = b"".join(zlib.compress(path.read_bytes()) for path in folder.rglob("*.py"))
    sha256(content).hexdigest()


def _answer(built: Built, home: Path) -> None:
    """A new process that imports the handler and calls it."""
    module, _, function = str(built.handler).partition(".")
    path = os.pathsep.join(map(str, (built.code, *(layer.folder / "python" for layer in built.layers))))
    python = Path(sys.base_prefix) / "bin" / lambda_projects.RUNTIME
    command = (str(python), "-S", "-X", f"pycache_prefix={home / 'floor'}", "-c")
    script = f"from {module} import {function}; {function}({{}}, None)"
    subprocess.run((*command, script), env={"PYTHONPATH": path}, check=True)


def main(project: Path, home: Path, edits: int) -> None:
    saves = Saves(project, home)
    saves.begin()
    bare = Bare()
    try:
        for _ in range(edits):
            saves.one(live=False)
            saves.one(live=True)
            saves.floors(bare)
    finally:
        saves.loop.close()
        saves.loop.wait()
        saves.workspace.close()
    sys.stdout.write(json.dumps(saves.taken))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
