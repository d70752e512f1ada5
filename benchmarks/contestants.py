"""Who races: each makes the same hardened buckets in its own folder, with its own commands."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import floor
import measure

from genesys_tui.engine.state.sqlite import SqliteBackend

Phase = Literal["apply", "plan", "plan_cached"]

REGION = "us-east-1"
CONFIGURATION = Path(__file__).with_name("hardened_buckets.tf")
PROVIDER = f"registry.terraform.io/hashicorp/aws/*/{sys.platform}_*/terraform-provider-aws*"


@dataclass(frozen=True, slots=True)
class Contestant:
    """Ready to start in `folder`. `commands`: a phase that has none is not run. `state`: bytes by what they are."""

    name: str
    folder: Path
    env: Mapping[str, str]
    commands: Mapping[Phase, tuple[str, ...]]
    state: Callable[[], dict[str, int]] = field(default=dict)


def environment(url: str, home: Path) -> dict[str, str]:
    """Nothing of the user's own settings: a folder as home, and the emulated account."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "NO_PROXY": "127.0.0.1",
        "AWS_ENDPOINT_URL": url,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "race",
        "AWS_SECRET_ACCESS_KEY": "race",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


# the floor ------------------------------------------------------------------------------------------------------------
def bare(folder: Path, url: str, buckets: int) -> Contestant:
    """A boto3 process that sends the fewest calls."""
    command = (sys.executable, floor.__file__)
    return Contestant(
        "floor",
        folder,
        environment(url, folder),
        {"apply": (*command, "apply", str(buckets)), "plan": (*command, "plan", str(buckets))},
    )


# Genesys --------------------------------------------------------------------------------------------------------------
def genesys(folder: Path, url: str, buckets: int) -> Contestant:
    """The command of the environment that runs this benchmark. A plan reads everything anew: there is no other yet."""
    command = str(Path(sys.executable).with_name("genesys"))
    home = folder / "home"
    hardened = "type: bucket, versioning: true, encryption: true, public_access: false"
    entries = "".join(f"    - {{name: {name}, {hardened}}}\n" for name in floor.bucket_names(buckets))
    stack = f"provider: aws\nregion: {REGION}\nresources:\n  storage:\n{entries}"
    (folder / "genesys.yaml").write_text(stack)
    return Contestant(
        "genesys",
        folder,
        environment(url, folder) | {"GENESYS_HOME": str(home)},
        {"apply": (command, "apply", "--yes"), "plan": (command, "plan", "--detailed-exitcode")},
        lambda: _genesys_state(home),
    )


def _genesys_state(home: Path) -> dict[str, int]:
    """What is remembered of the buckets, as stored, and the whole database with the history and SQLite's own files."""
    databases = list(home.rglob("*.db"))
    files = [path for database in databases for path in database.parent.glob(f"{database.name}*")]
    whole = sum(path.stat().st_size for path in files)
    snapshots = 0
    for database in databases:
        with closing(SqliteBackend(database)) as backend:
            snapshots += sum(backend.size(scope) for scope in backend.stacks())
    return {"the stack's snapshot": snapshots, "the database, with the history": whole}


# Terraform ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Terraform:
    """Its binary, and the folder that holds `registry.terraform.io/` with the AWS provider unpacked."""

    binary: str
    mirror: Path

    def contestant(self, folder: Path, url: str, buckets: int) -> Contestant:
        """With its own default parallelism. `init` is not part of the race."""
        shutil.copy(CONFIGURATION, folder)
        settings = folder / "terraform.rc"
        settings.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{self.mirror}"\n  }}\n}}\n')
        env = environment(url, folder) | {
            "TF_CLI_CONFIG_FILE": str(settings),
            "TF_IN_AUTOMATION": "1",
            "TF_VAR_buckets": str(buckets),
            "TF_VAR_endpoint": url,
            "CHECKPOINT_DISABLE": "1",
        }
        common = ("-input=false", "-no-color")
        measure.run((self.binary, "init", *common), folder, env)
        plan = (self.binary, "plan", *common, "-detailed-exitcode")
        return Contestant(
            "terraform",
            folder,
            env,
            {
                "apply": (self.binary, "apply", *common, "-auto-approve"),
                "plan": plan,
                "plan_cached": (*plan, "-refresh=false"),
            },
            lambda: {"terraform.tfstate": (folder / "terraform.tfstate").stat().st_size},
        )


def find_terraform() -> Terraform | str:
    """Terraform on this machine, or why it can't race."""
    binary = shutil.which("terraform")
    if binary is None:
        return "there is no `terraform` on PATH"
    for root in _mirror_roots():
        if any(root.glob(PROVIDER)):
            return Terraform(binary, root)
    return "there is no mirror of its AWS provider (TF_PLUGIN_MIRROR: the folder that holds registry.terraform.io/)"


def _mirror_roots() -> Iterator[Path]:
    if named := os.environ.get("TF_PLUGIN_MIRROR"):
        yield Path(named)
    home = Path.home() / ".terraform.d"
    shared = Path("share/terraform/plugins")
    yield from (
        home / "plugins",
        home / "plugin-cache",
        "/usr/local" / shared,
        "/usr" / shared,
        *Path("/opt").glob("*"),
    )
