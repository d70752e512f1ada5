"""No binary is sent that the target can't run."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from genesys_tui.engine.functions.langpack import Runtime
from genesys_tui.engine.functions.packing.binaries import Binary, binary, check_binaries
from genesys_tui.engine.model.errors import GenesysError
from tests.engine.functions.python_projects import pack

X86_64, ARM64, ARM32 = 62, 183, 40
NEW, OLD = (next(one for one in pack().runtimes if one.name == name) for name in ("python3.13", "python3.11"))


def elf(machine: int, *files: tuple[str, ...], wide: bool = True, order: str = "<") -> bytes:
    """A shared object that needs versions of some files, with the sections that say so: strings, and versions."""
    strings = b"\0" + b"".join(f"{name}\0".encode() for names in files for name in names)
    needed = b""
    for index, names in enumerate(files):
        versions = b""
        for number, name in enumerate(names):
            last = number == len(names) - 1
            versions += struct.pack(
                f"{order}IHHII", 0, 0, 2, strings.index(f"\0{name}\0".encode()) + 1, 0 if last else 16
            )
        following = 16 + len(versions) if index < len(files) - 1 else 0
        needed += struct.pack(f"{order}HHIII", 1, len(names), 0, 16, following) + versions
    head, section = (64, 64) if wide else (52, 40)
    at_strings, at_needed = head, head + len(strings)
    at_sections = at_needed + len(needed)
    sections = b"\0" * section
    for kind, place, size, link in ((3, at_strings, len(strings), 0), (0x6FFFFFFE, at_needed, len(needed), 1)):
        form = f"{order}IIQQQQIIQQ" if wide else f"{order}IIIIIIIIII"
        sections += struct.pack(form, 0, kind, 0, 0, place, size, link, 0, 0, 0)
    ident = b"\x7fELF" + bytes([2 if wide else 1, 1 if order == "<" else 2, 1]) + bytes(9)
    form = f"{order}HHIQQQIHHHHHH" if wide else f"{order}HHIIIIIHHHHHH"
    header = struct.pack(form, 3, machine, 1, 0, 0, at_sections, 0, head, 0, 0, section, 3, 1)
    return ident + header + strings + needed + sections


@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize("order", ["<", ">"])
def test_the_newest_version_of_all_is_found(tmp_path: Path, wide: bool, order: str) -> None:
    path = tmp_path / "a.so"
    path.write_bytes(
        elf(ARM64, ("GLIBC_2.4", "GLIBC_2.17", "GLIBC_2.2.5"), ("CXXABI_1.3", "GLIBC_2.9"), wide=wide, order=order)
    )
    assert binary(path) == Binary(ARM64, (2, 17))


def test_what_asks_for_nothing_asks_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.so"
    path.write_bytes(elf(X86_64))
    assert binary(path) == Binary(X86_64, (0, 0))


@pytest.mark.parametrize("content", [b"", b"\x7fEL", b"#!/bin/sh\n", b"GLIBC_2.99"])
def test_other_files_are_no_binaries(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.so").write_bytes(content)
    assert binary(tmp_path / "a.so") is None


def test_a_real_one_is_read() -> None:
    from pydantic_core import _pydantic_core

    found = binary(Path(str(_pydantic_core.__file__)))
    assert found is not None and (2, 2) <= found.glibc <= (2, 17)


@pytest.mark.parametrize("cut", [20, 60, 100, 130])
def test_a_broken_one_is_told(tmp_path: Path, cut: int) -> None:
    (tmp_path / "a.so").write_bytes(elf(X86_64, ("GLIBC_2.17",))[:cut])
    with pytest.raises(GenesysError, match=r"a\.so can't be read"):
        binary(tmp_path / "a.so")


def put(folder: Path, name: str, content: bytes) -> Path:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize(("runtime", "version"), [(NEW, "GLIBC_2.34"), (OLD, "GLIBC_2.26")])
def test_what_the_runtime_has_is_taken(tmp_path: Path, runtime: Runtime, version: str) -> None:
    put(tmp_path, "python/numpy/x.so", elf(X86_64, (version,)))
    put(tmp_path, "python/numpy/x.py", b"x = 1")
    check_binaries(tmp_path, runtime, "x86_64")


@pytest.mark.parametrize(
    ("name", "runtime", "version", "asked"),
    [
        ("python/numpy.libs/x.so.5", NEW, "GLIBC_2.35", "numpy asks for glibc 2.35, and python3.13 has 2.34"),
        ("python/fast.cpython-311.so", OLD, "GLIBC_2.28", "fast asks for glibc 2.28, and python3.11 has 2.26"),
        ("nodejs/node_modules/sharp/x.node", NEW, "GLIBC_2.38", "sharp asks for glibc 2.38"),
        ("python/numpy/x.so", NEW, "GLIBC_ABI_DT_RELR", "numpy asks for glibc 2.36"),
    ],
)
def test_what_asks_for_newer_is_refused(tmp_path: Path, name: str, runtime: Runtime, version: str, asked: str) -> None:
    put(tmp_path, name, elf(X86_64, ("GLIBC_2.2.5", version)))
    with pytest.raises(GenesysError, match=asked) as caught:
        check_binaries(tmp_path, runtime, "x86_64")
    assert name in str(caught.value)
    assert "container" in caught.value.todo


@pytest.mark.parametrize(("machine", "wide", "said"), [(X86_64, True, "x86_64"), (ARM32, False, r"arm \(32 bits\)")])
def test_another_machine_is_refused(tmp_path: Path, machine: int, wide: bool, said: str) -> None:
    put(tmp_path, "python/numpy/noextension", elf(machine, wide=wide))
    with pytest.raises(GenesysError, match=f"numpy is built for {said}, and the function runs on arm64"):
        check_binaries(tmp_path, NEW, "arm64")
