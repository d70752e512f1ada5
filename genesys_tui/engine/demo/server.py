"""The process that the demo account lives in: moto's server on a socket that it was given, until its stdin ends.

Run as a script, `server.py FD FOLDER NOTICE`, by `Demo.start`. The pipe to its stdin is held by the process that
started it and by no other: when that process ends, however it ends, the pipe does, and the server cleans up and goes.
(A parent death signal would not do: Linux sends it when the starting *thread* ends.) Nothing of ours is imported here.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import shutil
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

UBUNTU = {"amd64": "ami-785db401"}
"""By processor, the image that stands for the newest Ubuntu: one that moto knows in every region."""


def main(fd: int, folder: Path, notice: Path) -> None:
    """Serve on the listening socket `fd`; on the end of stdin remove `folder` and `notice`, and exit."""
    threading.Thread(target=_end_with_stdin, args=(folder, notice), name="stdin", daemon=True).start()
    # Imports make a million objects that stay; looking for garbage among them is a fifth of the start.
    gc.set_threshold(100_000, 50, 100)
    _share_service_models()
    teach_public_images()
    from moto.core.config import default_user_config
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    default_user_config["lambda"]["use_docker"] = False
    default_user_config["batch"]["use_docker"] = False
    app = DomainDispatcherApplication(create_backend_app)
    make_server("127.0.0.1", 0, app, threaded=True, request_handler=MotoRequestHandler, fd=fd).serve_forever()


def remove(folder: Path, notice: Path, pid: int) -> None:
    """Remove what a demo leaves: its folder, and its notice unless another demo wrote it since."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        if json.loads(notice.read_text())["pid"] == pid:
            notice.unlink()
    except (OSError, ValueError, KeyError, TypeError):
        return


def _end_with_stdin(folder: Path, notice: Path) -> None:
    sys.stdin.buffer.read()
    remove(folder, notice, os.getpid())
    os._exit(0)


def teach_public_images() -> None:
    """Have moto tell the current Ubuntu images as AWS does: by Canonical's public parameters, which it lacks."""
    from moto.ssm import models

    load = models.ParameterDict._check_loading_status

    def with_ubuntu(self: models.ParameterDict, key: str) -> None:
        load(self, key)
        if str(key or "").startswith("/aws/service/canonical/") and not dict.__contains__(self, key):
            image = UBUNTU.get(key.rpartition("/stable/current/")[2].partition("/")[0])
            if image:
                now = datetime.now(UTC)
                parameter = models.Parameter(  # type: ignore[abstract]  # moto's own class, that it makes so itself
                    self.account_id, key, image, "String", None, None, None, now, version=1, data_type="aws:ec2:image"
                )
                dict.setdefault(self, key, []).append(parameter)

    models.ParameterDict._check_loading_status = with_ubuntu  # type: ignore[method-assign]


def _share_service_models() -> None:
    """Let all botocore sessions of this process share what they read: moto opens many, and each reads megabytes."""
    from functools import cache

    from botocore import loaders
    from moto.core import utils as moto

    loaders.JSONFileLoader.load_file = cache(loaders.JSONFileLoader.load_file)
    loaders.Loader.FILE_LOADER_CLASS = staticmethod(cache(loaders.JSONFileLoader))
    for module in (vars(loaders), vars(moto)):
        if create_loader := module.get("create_loader"):
            module["create_loader"] = cache(create_loader)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
