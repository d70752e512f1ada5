"""Places in the user's source, and the log, read from what runtimes write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from genesys_tui.engine.functions.local.log import KEPT, Log
from genesys_tui.engine.functions.local.traces import failure, places
from genesys_tui.engine.model.invocation import LogLine
from tests.engine.functions.sandboxes import write

PYTHON = [
    '  File "/var/runtime/start.py", line 9, in main\n    run()\n',
    '  File "{root}/app.py", line 2, in handler\n    return work(event)\n',
    '  File "{root}/node_modules/x.py", line 1, in a\n    b()\n',
    '  File "/usr/lib/python3/json.py", line 1, in b\n    c()\n',
    '  File "{root}/lib/work.py", line 1, in work\n    raise ValueError\n',
    '  File "/usr/lib/python3/json.py", line 5, in d\n',
]


def told(tmp_path: Path, lines: list[str]) -> list[str]:
    trace = [line.replace("{root}", str(tmp_path)) for line in lines]
    document = {"errorType": "E", "errorMessage": "m", "stackTrace": trace}
    return [str(frame) for frame in failure(json.dumps(document).encode(), "", [tmp_path])[0].trace]


def test_libraries_are_folded_and_the_runtime_left_out(tmp_path: Path) -> None:
    assert told(tmp_path, PYTHON) == [
        "app.py:2 in handler: return work(event)",
        "2 places in libraries",
        "lib/work.py:1 in work: raise ValueError",
        "1 place in libraries",
    ]


def test_a_line_that_is_not_told_is_read(tmp_path: Path) -> None:
    write(tmp_path, "app.ts", "const a = 1;\nboom( a );\n")
    lines = [
        "TypeError: no",
        f"    at Object.boom (file://{tmp_path}/node_modules/b/index.js:1:2)",
        f"    at async handler ({tmp_path}/app.ts:2:10)",
        f"    at {tmp_path}/app.ts:1:1",
        "    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)",
    ]
    assert told(tmp_path, lines) == [
        "app.ts:1 in the module: const a = 1;",
        "app.ts:2 in async handler: boom( a );",
        "1 place in libraries",
    ]


def test_a_link_to_the_source_is_the_source(tmp_path: Path) -> None:
    real = write(tmp_path, "real/app.py", "1 / 0\n").parent
    (tmp_path / "link").symlink_to(real)
    assert [frame.file for frame in places([f'  File "{real}/app.py", line 1 in x'], [tmp_path / "link"])] == ["app.py"]


@pytest.mark.parametrize("body", [b"", b"no json \xff", b"[1]", b'{"stackTrace": 5, "errorMessage": null}'])
def test_any_document_is_a_failure(body: bytes) -> None:
    assert failure(body, "Runtime.Odd", [])[0].type == "Runtime.Odd"


def test_a_log_without_end_is_told_whole_and_kept_in_part() -> None:
    lines: list[LogLine] = []
    log = Log(lines.append)
    for number in range(KEPT + 5):
        log.write(str(number))
    kept = log.take()
    assert len(lines) == KEPT + 5
    assert (len(kept), kept[-1].text) == (KEPT + 1, "... 5 more lines are not kept")
    assert log.take() == ()


def test_lines_of_one_entry_are_parted() -> None:
    lines: list[LogLine] = []
    Log(lines.append).write("[ERROR] E: m\rTraceback:\r\xa0\xa0File")
    assert [line.text for line in lines] == ["[ERROR] E: m", "Traceback:", "  File"]
