"""Code that can't be sent is refused with words, before anything is."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.workspace import Settings, Workspace, read_stack_file
from tests.engine.functions.python_projects import host
from tests.engine.functions.test_loop import (
    REGION,
    folder,
    told,
)
from tests.engine.functions.whole_builds import HANDLER, small_disk
from tests.faults import FaultProxy

__all__ = ["folder", "told"]

MB = 1 << 20
AS_ZIP = "./src\n      package: zip"
"""In a stack file: the source, to be sent as a zip whatever its size."""


@pytest.fixture
def workspace(proxy: FaultProxy, tmp_path: Path) -> Iterator[Workspace]:
    """As in test_loop, with all that it sends counted."""
    workspace = Workspace(Settings(region=REGION, endpoint=proxy.url, stack="shop", home=tmp_path / "genesys"))
    yield workspace
    workspace.close()


@pytest.fixture
def in_memory(tmp_path: Path) -> Iterator[None]:
    """On a disk that is quick with many files."""
    with small_disk(tmp_path, "500m"):
        (tmp_path / "home").mkdir()
        yield


def refused(workspace: Workspace, proxy: FaultProxy, folder: Path, source: str = "./src") -> GenesysError:
    """Why a plan of the stack can't be made; and that nothing was written anywhere."""
    path = folder / "genesys.yaml"
    path.write_text(path.read_text().replace("./src", source))
    with pytest.raises(GenesysError) as caught:
        workspace.plan(read_stack_file(path))
    assert proxy.writes == []
    assert workspace.history() == []
    assert caught.value.todo, "it does not say what to do"
    return caught.value


# a zip ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "name", ["../evil.py", "../../../../evil.py", "/tmp/evil.py", "a/../../evil.py", "C:/evil.py", "..\\evil.py"]
)
def test_a_zip_with_a_name_that_leads_out_is_refused(
    workspace: Workspace, proxy: FaultProxy, folder: Path, tmp_path: Path, name: str
) -> None:
    with ZipFile(folder / "code.zip", "w") as zip:
        zip.writestr("main.py", HANDLER)
        zip.writestr(name, "evil = True\n")
    error = refused(workspace, proxy, folder, "./code.zip")
    assert "evil.py could lead out of its folder" in str(error)
    assert not list(tmp_path.rglob("*evil.py"))


@pytest.mark.parametrize("target", ["/etc/passwd", "../../outside", "nowhere"])
def test_a_zip_with_a_link_that_leads_out_is_refused(
    workspace: Workspace, proxy: FaultProxy, folder: Path, target: str
) -> None:
    link = ZipInfo("link")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with ZipFile(folder / "code.zip", "w") as zip:
        zip.writestr("main.py", HANDLER)
        zip.writestr(link, target)
    assert "link is a link to no file of the zip" in str(refused(workspace, proxy, folder, "./code.zip"))


def test_a_zip_that_unzips_to_more_than_lambda_takes_is_refused(
    workspace: Workspace, proxy: FaultProxy, folder: Path
) -> None:
    with ZipFile(folder / "code.zip", "w", ZIP_DEFLATED, compresslevel=1) as zip:
        zip.writestr("main.py", HANDLER)
        with zip.open("zeros", "w", force_zip64=True) as file:
            for _ in range(300):
                file.write(bytes(MB))
    assert (folder / "code.zip").stat().st_size < 5 * MB
    error = refused(workspace, proxy, folder, "./code.zip")
    assert "unzipped it is 300 MB, and Lambda takes 250 MB" in str(error)


def test_a_zip_that_is_none_is_refused(workspace: Workspace, proxy: FaultProxy, folder: Path) -> None:
    (folder / "code.zip").write_bytes(b"PK\x03\x04" + bytes(100))
    assert "it is no zip" in str(refused(workspace, proxy, folder, "./code.zip"))


# a folder -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("target", ["/etc", "/etc/passwd", "../../outside.txt"])
def test_a_link_out_of_the_source_is_refused(
    workspace: Workspace, proxy: FaultProxy, folder: Path, tmp_path: Path, target: str
) -> None:
    (tmp_path / "outside.txt").write_text("private")
    (folder / "src" / "link").symlink_to(target)
    assert "link is a link that leads out of it" in str(refused(workspace, proxy, folder))


@pytest.mark.slow
@pytest.mark.usefixtures("in_memory")
def test_a_hundred_thousand_files_are_refused(workspace: Workspace, proxy: FaultProxy, folder: Path) -> None:
    data = folder / "src" / "data"
    for number in range(100):
        (data / str(number)).mkdir(parents=True)
        for file in range(1000):
            os.close(os.open(data / str(number) / str(file), os.O_CREAT))
    error = refused(workspace, proxy, folder)
    assert "more than 50,000 files" in str(error) and "in data" in str(error)
    assert ".genesysignore" in error.todo
    (folder / "src" / ".genesysignore").write_text("data/\n")
    assert workspace.plan(read_stack_file(folder / "genesys.yaml")).changes


def test_code_that_is_too_big_is_refused_unread(workspace: Workspace, proxy: FaultProxy, folder: Path) -> None:
    with (folder / "src" / "model.bin").open("wb") as file:
        file.truncate(10_000 * MB)
    error = refused(workspace, proxy, folder)
    assert "more than 250 MB" in str(error) and "model.bin" in str(error)


@pytest.mark.parametrize(("source", "why"), [('"a\\0b"', "holds a NUL"), ("~nobody-here/src", "is not there")])
def test_a_source_that_can_be_no_path_is_refused(
    workspace: Workspace, proxy: FaultProxy, folder: Path, source: str, why: str
) -> None:
    assert why in str(refused(workspace, proxy, folder, source))


# dependencies ---------------------------------------------------------------------------------------------------------
def wheel(folder: Path, name: str, megabytes: int) -> str:
    """A package that is so big unzipped; the requirement that names it."""
    path = folder / f"{name}-1-py3-none-any.whl"
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1) as zip:
        zip.writestr(f"{name}/__init__.py", "")
        with zip.open(f"{name}/data.bin", "w", force_zip64=True) as file:
            for _ in range(megabytes):
                file.write(bytes(MB))
        zip.writestr(f"{name}-1.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        zip.writestr(f"{name}-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        zip.writestr(f"{name}-1.dist-info/RECORD", "")
    return f"./{path.name}\n"


@pytest.mark.slow
def test_a_dependency_of_300_mb_is_refused(
    workspace: Workspace, proxy: FaultProxy, folder: Path, tmp_path: Path
) -> None:
    host(tmp_path / "genesys")
    (folder / "src" / ".genesysignore").write_text("*.whl\n")
    (folder / "src" / "requirements.txt").write_text(wheel(folder / "src", "huge", 300))
    error = refused(workspace, proxy, folder, AS_ZIP)
    assert "300 MB" in str(error) and "250 MB" in str(error) and "huge 300 MB" in str(error)
    assert "image" in error.todo
    assert list((tmp_path / "genesys" / "functions" / "staging").glob("*")) == []


@pytest.mark.slow
def test_dependencies_and_code_that_are_too_big_together_are_refused(
    workspace: Workspace, proxy: FaultProxy, folder: Path, tmp_path: Path
) -> None:
    host(tmp_path / "genesys")
    (folder / "src" / ".genesysignore").write_text("*.whl\n")
    (folder / "src" / "requirements.txt").write_text(wheel(folder / "src", "big", 200))
    with (folder / "src" / "model.bin").open("wb") as file:
        file.truncate(60 * MB)
    error = refused(workspace, proxy, folder, AS_ZIP)
    assert "unzipped it is 260 MB" in str(error) and "big 200 MB" in str(error)
    (folder / "src" / "model.bin").unlink()
    assert workspace.plan(read_stack_file(folder / "genesys.yaml")).changes
