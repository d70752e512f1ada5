"""The lines that Lambda itself writes into the log of a function. Source: "Monitoring, debugging, and troubleshooting
Lambda functions", developer guide."""

from __future__ import annotations

import math

from genesys_tui.engine.model.invocation import Answer

_STATUS = {"timed out": "timeout", "answered": "", "failed": ""}


def start(request: str) -> str:
    return f"START RequestId: {request} Version: $LATEST"


def end(request: str) -> str:
    return f"END RequestId: {request}"


def report(answer: Answer, memory: int) -> str:
    """`memory`: MB that the function has. The first of several invocations pays for its start too."""
    billed = math.ceil(answer.ms + (answer.init_ms or 0))
    parts = [
        f"REPORT RequestId: {answer.request}",
        f"Duration: {answer.ms:.2f} ms",
        f"Billed Duration: {billed} ms",
        f"Memory Size: {memory} MB",
        f"Max Memory Used: {answer.max_memory_mb} MB",
    ]
    if answer.init_ms is not None:
        parts.append(f"Init Duration: {answer.init_ms:.2f} ms")
    if status := _STATUS.get(answer.ending, "error"):
        parts.append(f"Status: {status}")
        if status == "error" and answer.error:
            parts.append(f"Error Type: {answer.error.type}")
    return "\t".join(parts)
