"""What belongs together stays together, and what is too big is told."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path

import pytest

from genesys_tui.engine.functions.packing import splitting
from genesys_tui.engine.functions.packing.archive import files_in, write_zip
from genesys_tui.engine.functions.packing.packages import packages
from genesys_tui.engine.functions.packing.splitting import part_of, split

KB = 1 << 10
LIMIT = 100 * KB


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splitting, "DIRECT_LIMIT", LIMIT)


def put(folder: Path, name: str, size: int = 10) -> None:
    """A file that does not get smaller in a zip."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(random.Random(name).randbytes(size))


def distribution(folder: Path, name: str, files: Iterable[str], size: int = 10, record: bool = True) -> None:
    """As it is installed into `python/`, `size` bytes a file."""
    for file in files:
        put(folder, f"python/{file}", size)
    about = f"{name}-1.0.dist-info"
    put(folder, f"python/{about}/WHEEL")
    if record:
        lines = "".join(f"{file},sha256=x,1\n" for file in (*files, f"{about}/WHEEL", "../../bin/tool", "bin/tool"))
        (folder / "python" / about / "RECORD").write_text(lines)


def by_name(folder: Path) -> dict[str, list[str]]:
    """The packages and what of theirs is at the top of `python/`."""
    return {
        one.name: sorted({name.removeprefix("python/").partition("/")[0] for name in one.files})
        for one in packages(folder)
    }


@pytest.mark.parametrize("record", [True, False])
def test_a_distribution_is_one_package(record: bool, tmp_path: Path) -> None:
    distribution(tmp_path, "numpy", ["numpy/core.so", "numpy.libs/blas.so"], 90, record)
    distribution(tmp_path, "six", ["six.py"], 50, record)
    put(tmp_path, "python/bin/tool")
    assert by_name(tmp_path) == {
        "numpy": ["numpy", "numpy-1.0.dist-info", "numpy.libs"],
        "six": ["six-1.0.dist-info", "six.py"],
        "bin": ["bin"],
    }


def test_names_that_differ_are_told_by_the_record(tmp_path: Path) -> None:
    distribution(tmp_path, "PyYAML", ["yaml/x.py", "_yaml/y.py"])
    distribution(tmp_path, "Pillow", ["PIL/x.so", "pillow.libs/y.so"])
    [pillow, yaml] = sorted(packages(tmp_path), key=lambda one: one.name)
    assert (pillow.name, set(pillow.modules), set(pillow.distributions)) == ("Pillow", {"PIL"}, {"pillow"})
    assert (yaml.name, set(yaml.modules), set(yaml.distributions)) == ("PyYAML", {"yaml", "_yaml"}, {"pyyaml"})


def test_those_that_share_a_folder_are_one(tmp_path: Path) -> None:
    distribution(tmp_path, "google_auth", ["google/auth/x.py"])
    distribution(tmp_path, "google_storage", ["google/storage/x.py", "storage_extra/y.py"], 100)
    [google] = packages(tmp_path)
    assert google.distributions == {"google-auth", "google-storage"}
    assert google.name == "google"


def test_what_a_distribution_needs(tmp_path: Path) -> None:
    distribution(tmp_path, "requests", ["requests/x.py"])
    (tmp_path / "python/requests-1.0.dist-info/METADATA").write_text(
        "Name: requests\nRequires-Dist: Urllib3<3\nRequires-Dist: PySocks!=1; extra == 'socks'\n\nRequires-Dist: no\n"
    )
    assert packages(tmp_path)[0].needs == {"urllib3", "pysocks"}


def test_packages_of_node_keep_their_scopes(tmp_path: Path) -> None:
    for number, name in enumerate(("zod/index.js", "@aws-sdk/client-s3/x.js", "@aws-sdk/types/x.js")):
        put(tmp_path, f"nodejs/node_modules/{name}", number + 1)
    assert part_of(packages(tmp_path)).contents == (("@aws-sdk/types", 3), ("@aws-sdk/client-s3", 2), ("zod", 1))


def test_what_fits_is_one_part(tmp_path: Path) -> None:
    distribution(tmp_path, "a", ["a/x.py"], 30 * KB)
    distribution(tmp_path, "b", ["b/x.py"], 40 * KB)
    [part] = split(tmp_path, packages(tmp_path))
    assert part.files == tuple(sorted(files_in(tmp_path)))
    assert [name for name, _ in part.contents] == ["b", "a"]
    assert part == part_of(packages(tmp_path))
    assert part.unzipped == sum(size for _, size in part.contents)


def test_parts_fit_are_whole_and_are_all_of_it(tmp_path: Path) -> None:
    for number, size in enumerate((60, 50, 40, 30, 20, 5)):
        distribution(tmp_path, f"p{number}", [f"p{number}/x.so", f"p{number}.libs/y.so"], size * KB // 2)
    parts = split(tmp_path, packages(tmp_path))
    assert sorted(name for part in parts for name in part.files) == sorted(files_in(tmp_path))
    assert len(parts) == 3
    for number, part in enumerate(parts):
        assert write_zip(tmp_path, tmp_path.parent / f"{number}.zip", part.files).size <= LIMIT
    whole = {one.files for one in packages(tmp_path)}
    assert all(any(set(files) <= set(part.files) for part in parts) for files in whole)
    assert split(tmp_path, packages(tmp_path)) == parts


def test_zeros_weigh_nothing_in_a_zip(tmp_path: Path) -> None:
    distribution(tmp_path, "a", ["a/x.py"], 60 * KB)
    distribution(tmp_path, "zeros", ["zeros/x.bin"])
    (tmp_path / "python/zeros/x.bin").write_bytes(bytes(500 * KB))
    assert len(split(tmp_path, packages(tmp_path))) == 1


def test_no_more_parts_than_a_function_may_have(tmp_path: Path) -> None:
    for number in range(8):
        distribution(tmp_path, f"p{number}", [f"p{number}/x.so"], 70 * KB)
    assert len(split(tmp_path, packages(tmp_path))) == 5
    parts = split(tmp_path, packages(tmp_path), most=3)
    assert len(parts) == 3
    assert sorted(len(part.contents) for part in parts) == [2, 3, 3], "none gets all the rest"


def test_a_package_that_is_too_big_alone_goes_alone(tmp_path: Path) -> None:
    distribution(tmp_path, "torch", ["torch/x.so"], 300 * KB)
    distribution(tmp_path, "small", ["small/x.py"])
    parts = split(tmp_path, packages(tmp_path))
    assert [[name for name, _ in part.contents] for part in parts] == [["torch"], ["small"]]
