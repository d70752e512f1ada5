"""Functions that bring their own runtime: a file `bootstrap` that speaks to the Runtime API."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from shutil import which

import pytest

from genesys_tui.engine.model.errors import GenesysError
from tests.engine.functions.sandboxes import built, opened, write

SCRIPT = f"""#!{sys.executable}
import os, sys, urllib.request
root = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/invocation/"
while True:
    with urllib.request.urlopen(root + "next") as event:
        request, body = event.headers["Lambda-Runtime-Aws-Request-Id"], event.read()
    print("got", body.decode(), flush=True)
    if body == b'"leave"':
        sys.exit(5)
    urllib.request.urlopen(root + request + "/response", body).close()
"""

GO = """
package main

import (
    "bytes"
    "fmt"
    "io"
    "net/http"
    "os"
)

func main() {
    root := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/"
    for {
        event, err := http.Get(root + "next")
        if err != nil {
            panic(err)
        }
        body, _ := io.ReadAll(event.Body)
        event.Body.Close()
        request := event.Header.Get("Lambda-Runtime-Aws-Request-Id")
        fmt.Println("got", string(body))
        what := "/response"
        if string(body) == `"panic"` {
            panic("as told")
        }
        if string(body) == `"fail"` {
            what, body = "/error", []byte(`{"errorType": "Broken", "errorMessage": "as told"}`)
        }
        answer, err := http.Post(root+request+what, "application/json", bytes.NewReader(body))
        if err != nil {
            panic(err)
        }
        answer.Body.Close()
    }
}
"""


def test_a_program_of_any_kind(tmp_path: Path) -> None:
    write(tmp_path, "bootstrap", SCRIPT).chmod(0o755)
    with opened(built(tmp_path, "provided.al2023", None), tmp_path / "home") as function:
        answer = function.ask({"a": 1})
        assert answer.payload == {"a": 1}
        assert any('got {"a": 1}' in line.text and line.request == answer.request for line in answer.logs)
        assert function.ask("again").init_ms is None
        assert function.ask("leave").ending == "exited"


@pytest.mark.slow  # compiles
def test_a_go_program(tmp_path: Path) -> None:
    go = which("go")
    assert go, "this test wants go: apt-get install golang-go"
    write(tmp_path, "main.go", GO)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "CGO_ENABLED": "0", "GO111MODULE": "off"}
    subprocess.run([go, "build", "-o", "bootstrap", "main.go"], cwd=tmp_path, env=environment, check=True)
    with opened(built(tmp_path, "provided.al2023", None), tmp_path / "home") as function:
        assert function.ask({"a": 1}).payload == {"a": 1}
        failed = function.ask("fail")
        assert failed.error
        assert (failed.error.type, failed.error.message) == ("Broken", "as told")
        assert function.ask("again").init_ms is None
        panicked = function.ask("panic")
        assert panicked.ending == "exited"
        assert any("panic: as told" in line.text for line in panicked.logs)


def test_a_program_for_another_machine_is_refused_in_words(tmp_path: Path) -> None:
    header = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00\xf3\x00" + bytes(44)
    (tmp_path / "bootstrap").write_bytes(header)
    (tmp_path / "bootstrap").chmod(0o755)
    with (
        pytest.raises(GenesysError, match="built for another machine"),
        opened(built(tmp_path, "provided.al2023", None), tmp_path / "home"),
    ):
        pass


def test_no_program_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(GenesysError, match="no file bootstrap"),
        opened(built(tmp_path, "provided.al2023", None), tmp_path / "home"),
    ):
        pass


def test_a_runtime_that_nothing_here_runs(tmp_path: Path) -> None:
    with pytest.raises(GenesysError, match="java25"), opened(built(tmp_path, "java25"), tmp_path / "home"):
        pass
