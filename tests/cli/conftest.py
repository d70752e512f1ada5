"""The shell front end over a fake account."""

from __future__ import annotations

from pathlib import Path

import pytest

from genesys_tui.engine import workspace
from tests.cli.cli_fakes import Account, document_of
from tests.cli.cli_shell import Shell


@pytest.fixture
def account() -> Account:
    return Account()


@pytest.fixture
def shell(account: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, fake in {
        "Workspace": account.open,
        "parse_intent": account.parse_intent,
        "read_stack_file": account.read_stack_file,
        "find_stack_file": lambda folder: next(folder.glob("genesys.yaml"), None),
        "plan_document": document_of,
    }.items():
        monkeypatch.setattr(workspace, name, fake, raising=False)
    return Shell(monkeypatch)
