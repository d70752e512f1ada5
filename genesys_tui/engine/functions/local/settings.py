"""What a function finds around it: its environment."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from genesys_tui.engine.model.build import Built, Language


@dataclass(frozen=True, slots=True)
class Credentials:
    """Temporary ones of the function's own role; the caller has assumed it."""

    access_key: str
    secret_key: str = field(repr=False)
    session_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """How a function is configured. `memory`: MB. `timeout` and `init_limit` (how long loading the code may take):
    seconds. `credentials`: None: it has none, and never finds those of the user."""

    memory: int = 128
    timeout: float = 3.0
    environment: Mapping[str, str] = field(default_factory=dict)
    region: str = "us-east-1"
    account: str = "000000000000"
    partition: str = "aws"
    credentials: Credentials | None = None
    init_limit: float = 10.0

    def arn(self, name: str) -> str:
        """Of a function in this account."""
        return f"arn:{self.partition}:lambda:{self.region}:{self.account}:function:{name}"


def environment(built: Built, settings: SandboxSettings, own: Path, api: str, handler: str) -> dict[str, str]:
    """All that the process sees, made anew: nothing is the user's own. `own`: a folder for it alone,
    its home and its place for temporary files. Source: "Defined runtime environment variables", developer guide."""
    name, language = built.project.name, built.project.target.language
    variables = {"PATH": os.defpath, "LANG": "en_US.UTF-8", "TZ": ":UTC", **settings.environment}
    layers = [layer.folder for layer in built.layers]
    for variable, folders in _places(layers, built, language).items():
        there = [str(folder) for folder in folders if folder.is_dir()]
        already = [variables[variable]] if variables.get(variable) else []
        if there or already:
            variables[variable] = os.pathsep.join([*already, *there])
    return {
        **variables,
        **_nobody(own),
        **(_credentials(settings.credentials) if settings.credentials else {}),
        "AWS_REGION": settings.region,
        "AWS_DEFAULT_REGION": settings.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{built.project.target.runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(settings.memory),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "local",
        "AWS_LAMBDA_RUNTIME_API": api,
        "LAMBDA_TASK_ROOT": str(built.code),
        "LAMBDA_RUNTIME_DIR": str(own),
        "_HANDLER": handler,
    }


def _nobody(own: Path) -> dict[str, str]:
    """Whoever looks for credentials in a home, in AWS's files or at the machine's own address finds nobody's."""
    return {
        "HOME": str(own),
        "TMPDIR": str(own),
        "AWS_CONFIG_FILE": str(own / "no-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(own / "no-credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _credentials(of: Credentials) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": of.access_key,
        "AWS_SECRET_ACCESS_KEY": of.secret_key,
        "AWS_SESSION_TOKEN": of.session_token,
    }


def _places(layers: list[Path], built: Built, language: Language | None) -> Mapping[str, Iterable[Path]]:
    """Where code looks for what layers bring. Source: "Layer paths for each Lambda runtime", developer guide."""
    version = built.project.target.version
    python = [layer / place for layer in layers for place in (f"python/lib/python{version}/site-packages", "python")]
    node = [
        layer / place for layer in layers for place in (f"nodejs/node{version}/node_modules", "nodejs/node_modules")
    ]
    return {
        "PYTHONPATH": python if language == "python" else (),
        "NODE_PATH": node if language == "node" else (),
        "PATH": [layer / "bin" for layer in layers],
        "LD_LIBRARY_PATH": [*(layer / "lib" for layer in layers), built.code / "lib"],
    }
