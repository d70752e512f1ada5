"""In which region the screen works: what was asked for, else what the stack file says."""

from __future__ import annotations

from pathlib import Path

import pytest

from genesys_tui.tui.engine import Engine, Where


@pytest.mark.parametrize(
    ("asked", "text", "region"),
    [
        (None, "region: eu-west-1\nresources: {}\n", "eu-west-1"),
        ("us-west-2", "region: eu-west-1\nresources: {}\n", "us-west-2"),
        (None, "resources: {}\n", None),
        (None, "regoin: [", None),
    ],
)
def test_the_region_of_the_stack_file(asked: str | None, text: str, region: str | None, tmp_path: Path) -> None:
    file = tmp_path / "genesys.yaml"
    file.write_text(text)
    assert Engine(Where(region=asked), file).open().home.settings.region == region


def test_the_stack_file_of_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "genesys.toml").write_text('region = "eu-west-1"\n[resources]\n')
    monkeypatch.chdir(tmp_path)
    assert Engine(Where()).open().home.settings.region == "eu-west-1"
