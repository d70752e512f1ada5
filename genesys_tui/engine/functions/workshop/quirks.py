"""What `run` must be told on this machine, read from what an engine says of itself in `info`."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_UNCONFINED = ("--security-opt", "label=disable")
"""For SELinux. Not `:z` on the mounts: that would relabel the user's own certificates and settings."""


def podman_options(host: Mapping[str, Any]) -> tuple[str, ...]:
    """`host` of `podman info`. Rootless podman needs nothing: root in it is the user outside."""
    options: list[str] = []
    security: Mapping[str, Any] = host.get("security", {})
    local = sys.platform == "linux" and not host.get("serviceIsRemote")
    if local and host.get("ociRuntime", {}).get("name") == "crun" and _hybrid() and shutil.which("runc"):
        options += ["--runtime", "runc"]
    if local and not security.get("rootless"):
        options += _limits()
    if security.get("selinuxEnabled"):
        options += _UNCONFINED
    return tuple(options)


def docker_options(info: Mapping[str, Any]) -> tuple[str, ...]:
    """`docker info`. Its root is root outside too: what it wrote would not be ours. Not so where it is rootless, or in
    the virtual machine of a Mac."""
    security = " ".join(info.get("SecurityOptions") or ())
    options: list[str] = []
    if sys.platform == "linux" and "name=rootless" not in security:
        options += ["--user", f"{os.getuid()}:{os.getgid()}"]
    if "name=userns" in security:
        options += ["--userns", "host"]
    if "name=selinux" in security:
        options += _UNCONFINED
    return tuple(options)


def _hybrid() -> bool:
    """Both versions of cgroups at once, which crun fails on."""
    return Path("/sys/fs/cgroup/unified").is_dir()


def _limits() -> list[str]:
    """Podman asks for 1,048,576 files and processes, which a root without CAP_SYS_RESOURCE can't have; and it lowers
    its own limit of processes to the kernel's greatest pid."""
    import resource

    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    processes = resource.getrlimit(resource.RLIMIT_NPROC)[1]
    limits = []
    for name, hard, most in (("nofile", files, 65_536), ("nproc", processes, _greatest_pid())):
        allowed = most if hard == resource.RLIM_INFINITY else min(hard, most)
        limits += ["--ulimit", f"{name}={allowed}:{allowed}"]
    return limits


def _greatest_pid() -> int:
    return int(Path("/proc/sys/kernel/pid_max").read_text())
