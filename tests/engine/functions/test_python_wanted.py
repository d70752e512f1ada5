"""What a Python project depends on is found where people write it down, and read as they mean it."""

from __future__ import annotations

from pathlib import Path

import pytest

from genesys_tui.engine.functions.languages.python.requirements import read_requirements
from genesys_tui.engine.functions.languages.python.wanted import Wanted, wanted
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.source_error import SourceError
from tests.engine.functions.python_projects import files, project

PYPROJECT = '[project]\nname = "work"\nversion = "1"\ndependencies = ["idna"]\n'
SCRIPT = '# /// script\n# requires-python = ">=3.11"\n# dependencies = ["idna", "certifi"]\n# ///\nimport idna\n'


def asked(folder: Path) -> Wanted:
    found = wanted(project(folder))
    assert found is not None
    return found


def test_the_surest_file_wins(tmp_path: Path) -> None:
    everything = {
        "lambda_function.py": SCRIPT,
        "requirements.txt": "idna",
        "pyproject.toml": PYPROJECT,
        "uv.lock": "version = 1",
    }
    files(tmp_path, everything)
    for origin, gone in (
        ("uv.lock", "uv.lock"),
        ("pyproject.toml", "pyproject.toml"),
        ("requirements.txt", "requirements.txt"),
        ("script", "lambda_function.py"),
    ):
        assert asked(tmp_path).origin == origin
        (tmp_path / gone).unlink()
    assert wanted(project(tmp_path)) is None


def test_a_pyproject_without_dependencies_says_nothing(tmp_path: Path) -> None:
    files(tmp_path, {"pyproject.toml": "[tool.ruff]\nline-length = 100\n", "requirements.txt": "idna"})
    assert asked(tmp_path).origin == "requirements.txt"


def test_what_only_poetry_resolves_is_refused_with_the_way_out(tmp_path: Path) -> None:
    files(tmp_path, {"pyproject.toml": '[tool.poetry.dependencies]\nidna = "^3"\n'})
    with pytest.raises(GenesysError, match="Poetry") as caught:
        wanted(project(tmp_path))
    assert "poetry export" in caught.value.command


def test_a_single_file_says_it_itself(tmp_path: Path) -> None:
    files(tmp_path, {"report.py": SCRIPT, "requirements.txt": "urllib3"})
    found = asked(tmp_path / "report.py")
    assert (found.origin, found.python) == ("script", ">=3.11")
    assert found.staged == {"requirements.txt": b"certifi\nidna"}
    assert found.files == {tmp_path / "report.py"}


def test_the_module_of_the_handler_says_it(tmp_path: Path) -> None:
    files(tmp_path, {"jobs/report.py": SCRIPT, "main.py": "x = 1"})
    assert wanted(project(tmp_path)) is None
    found = wanted(project(tmp_path, handler="jobs.report.handler"))
    assert found is not None and found.origin == "script"


@pytest.mark.parametrize("metadata", ["# dependencies = [", "# dependencies = 'idna'"])
def test_broken_inline_metadata_is_told(tmp_path: Path, metadata: str) -> None:
    files(tmp_path, {"main.py": f"# /// script\n{metadata}\n# ///\n"})
    with pytest.raises(SourceError, match="inline metadata"):
        wanted(project(tmp_path))


def test_sources_of_inline_metadata_are_refused_and_not_ignored(tmp_path: Path) -> None:
    text = '# /// script\n# dependencies = ["lib"]\n# [tool.uv.sources]\n# lib = { path = "lib" }\n# ///\n'
    files(tmp_path, {"main.py": text})
    with pytest.raises(SourceError, match="not understood") as caught:
        wanted(project(tmp_path))
    assert "git+https" in caught.value.todo


def test_broken_toml_is_told(tmp_path: Path) -> None:
    files(tmp_path, {"pyproject.toml": "[project\n"})
    with pytest.raises(GenesysError, match=r"pyproject\.toml can't be read"):
        wanted(project(tmp_path))


def test_a_member_of_a_workspace_has_the_lock_of_its_root(tmp_path: Path) -> None:
    files(
        tmp_path,
        {
            "pyproject.toml": '[tool.uv.workspace]\nmembers = ["functions/*"]\n',
            "uv.lock": 'source = { editable = "functions/work" }\nsource = { editable = "lib" }\n',
            "functions/work/pyproject.toml": PYPROJECT,
            "lib/pyproject.toml": '[project]\nname = "lib"\n',
            "other/pyproject.toml": PYPROJECT,
        },
    )
    found = asked(tmp_path / "functions" / "work")
    assert (found.origin, found.root, found.member) == ("uv.lock", tmp_path, "work")
    assert {"uv.lock", "pyproject.toml", "functions/work/pyproject.toml", "lib/pyproject.toml"} == {*found.staged}
    assert asked(tmp_path / "other").origin == "pyproject.toml"


# requirements.txt -------------------------------------------------------------------------------------------------
def test_files_that_name_each_other_are_read_once(tmp_path: Path) -> None:
    files(
        tmp_path,
        {
            "app/requirements.txt": "-r more/base.txt\n--constraint=limits.txt\nidna\n",
            "app/more/base.txt": "certifi  # TLS\n-r ../requirements.txt\n",
            "app/limits.txt": "idna<4\n",
        },
    )
    found = read_requirements(tmp_path / "app" / "requirements.txt")
    assert {*found.files} == {"requirements.txt", "more/base.txt", "limits.txt"}
    assert found.files["more/base.txt"] == b"certifi\n-r ../requirements.txt\n"


def test_comments_and_spaces_mean_nothing(tmp_path: Path) -> None:
    files(tmp_path / "a", {"requirements.txt": "# ours\nidna==3.20   # why\n\ncertifi \\\n    --hash=sha256:aa\n"})
    files(tmp_path / "b", {"requirements.txt": "idna==3.20\ncertifi --hash=sha256:aa"})
    assert asked(tmp_path / "a").meaning == asked(tmp_path / "b").meaning


@pytest.mark.parametrize(
    ("line", "packages"),
    [
        ("./lib", {"lib"}),
        ("-e ./lib[extra]", {"lib"}),
        ("-e ../lib", {"../lib"}),
        ("--editable=../lib ; python_version > '3'", {"../lib"}),
        ("lib @ ./lib", {"lib"}),
        ("lib[more] @ file:lib", {"lib"}),
        ("wheels/lib-1-py3-none-any.whl", {"wheels/lib-1-py3-none-any.whl"}),
        ("lib-1.tar.gz", {"lib-1.tar.gz"}),
        ("--find-links ./wheels", {"wheels"}),
        ("-e .", set()),
        ("lib", set()),
        ("lib>=1.0,<2; sys_platform == 'linux'", set()),
        ("lib[a,b]~=1.0", set()),
        ("lib @ https://example.com/lib-1.tar.gz", set()),
        ("git+https://example.com/lib.git@v1#egg=lib", set()),
        ("-e git+ssh://git@example.com/lib.git", set()),
        ("--index-url https://example.com/simple/", set()),
    ],
)
def test_local_packages_are_told_from_others(tmp_path: Path, line: str, packages: set[str]) -> None:
    files(tmp_path, {"requirements.txt": line + "\n"})
    assert asked(tmp_path).packages == packages


def test_where_packages_come_from_is_remembered(tmp_path: Path) -> None:
    files(tmp_path, {"requirements.txt": "-i https://example.com/simple\n--pre\nidna\n--no-binary idna\n"})
    assert asked(tmp_path).options == ("-i https://example.com/simple", "--pre")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    files(tmp_path, {"requirements.txt": "-r base.txt\n"})
    with pytest.raises(SourceError, match=r"base\.txt"):
        wanted(project(tmp_path))
