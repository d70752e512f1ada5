"""builder.toml and the environment: who wins, and how mistakes are told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from genesys_tui.engine.functions.langpack import Runtime
from genesys_tui.engine.functions.workshop.settings import BuilderSettings
from genesys_tui.engine.model.errors import GenesysError

PYTHON = Runtime(name="python3.13", image="lambda/python:3.13", glibc="2.34", deprecated=date(2029, 6, 30))
NODE = PYTHON.model_copy(update={"name": "nodejs22.x", "image": "lambda/node:22"})


def written(home: Path, text: str) -> Path:
    (home / "builder.toml").write_text(text)
    return home


def test_without_any_setting_the_container_is_the_langpacks(tmp_path: Path) -> None:
    settings = BuilderSettings.load(tmp_path, {})
    assert (settings.builder, settings.engine) == ("auto", "auto")
    assert settings.image_for(PYTHON) == "lambda/python:3.13"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    home = written(tmp_path, 'builder = "host"\nengine = "docker"\nnetwork = "host"\noptions = ["--memory", "2g"]\n')
    settings = BuilderSettings.load(home, {"GENESYS_BUILDER": "container", "GENESYS_IMAGE": "mine:1"})
    assert (settings.builder, settings.engine, settings.network) == ("container", "docker", "host")
    assert settings.options == ["--memory", "2g"]
    assert settings.image_for(PYTHON) == settings.image_for(NODE) == "mine:1"


def test_an_image_can_be_named_for_one_runtime(tmp_path: Path) -> None:
    settings = BuilderSettings.load(written(tmp_path, '[image]\n"python3.13" = "mine:1"\n'), {})
    assert (settings.image_for(PYTHON), settings.image_for(NODE)) == ("mine:1", "lambda/node:22")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('builder = "dockre"', "builder can't be 'dockre'"),
        ('engine = "dockre"', "engine can't be 'dockre'"),
        ('options = "--memory 2g"', "options can't be '--memory 2g'"),
        ("network = 1", "network can't be 1"),
        ('proxy = "10.0.0.1"', "proxy can't be '10.0.0.1'"),
        ("image = 3", "image can't be 3"),
        ('ulimit = "1"', "ulimit is no setting"),
        ("builder = ", "can't be read"),
    ],
)
def test_a_mistake_names_the_file_and_the_key(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(GenesysError) as caught:
        BuilderSettings.load(written(tmp_path, text), {})
    assert said in str(caught.value)
    assert str(tmp_path / "builder.toml") in str(caught.value)
    assert caught.value.todo


def test_a_mistake_in_the_environment_names_the_variable(tmp_path: Path) -> None:
    with pytest.raises(GenesysError, match=r"^GENESYS_ENGINE can't be 'lxc'"):
        BuilderSettings.load(tmp_path, {"GENESYS_ENGINE": "lxc"})


def test_an_engine_may_be_a_path(tmp_path: Path) -> None:
    assert BuilderSettings.load(tmp_path, {"GENESYS_ENGINE": "/opt/bin/podman"}).engine == "/opt/bin/podman"
