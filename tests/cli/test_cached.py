"""What was read before, in real processes: at once, without a call, and never for a change."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import sys
from genesys_tui.cli.main import main
sys.argv = ["genesys", *sys.argv[1:]]
code = 0
try:
    code = main() or 0
except SystemExit as end:
    code = end.code or 0
heavy = [name for name in ("boto3", "botocore", "textual") if name in sys.modules]
print(heavy, file=sys.stderr)
raise SystemExit(code)
"""


def genesys(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, *words], capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture
def file(aws: str, tmp_path: Path) -> Path:  # noqa: ARG001 - the account that the environment leads to
    path = tmp_path / "genesys.yaml"
    path.write_text("stack: jobs\nresources:\n  messaging:\n    - {name: jobs, type: queue}\n")
    return path


def test_a_cached_plan_sends_nothing_and_loads_no_sdk(file: Path) -> None:
    assert genesys("apply", str(file), "--yes").returncode == 0
    assert genesys("plan", str(file)).returncode == 0
    nobody = genesys("plan", str(file), "--cached")
    assert nobody.stdout.startswith("Nothing to do"), nobody.stderr
    assert nobody.stderr.splitlines()[-1] == "[]"
    assert "Planned from what was read before" in nobody.stderr

    file.write_text(file.read_text().replace("type: queue", "type: queue, visibility_timeout: 60"))
    changed = genesys("plan", str(file), "--cached")
    assert "visibility timeout to 60" in changed.stdout  # what is to change is read anew

    assert genesys("execute", str(file), "--cached", "--apply", "--yes").returncode == 64


def test_a_cached_inventory_says_its_age(file: Path) -> None:
    never = genesys("inventory", "--cached")
    assert never.returncode != 0
    assert "genesys inventory" in never.stderr
    assert genesys("apply", str(file), "--yes").returncode == 0
    assert genesys("inventory").returncode == 0
    told = genesys("inventory", "--cached", "--json")
    assert told.returncode == 0, told.stderr
    document = json.loads(told.stdout)
    assert {one["name"]: one["managed"] for one in document["resources"] if one["kind"] == "queue"} == {"jobs": True}
    assert document["calls"] == 0
    assert told.stderr.splitlines()[-1] == "[]"
