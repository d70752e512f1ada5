"""Where the code of a function can be had. Source: GetFunction, Lambda API reference."""

from __future__ import annotations

from genesys_tui.engine.model.call import read
from genesys_tui.engine.model.kind import Reading
from genesys_tui.engine.model.pulled import PulledCode
from genesys_tui.engine.providers.aws.serverless.function_lines import GONE


def pull(name: str) -> Reading[PulledCode | None]:
    """The code that callers get now; None where there is no such function. The zip is one GET of its `url` away, which
    is no call to AWS: it takes no credentials."""
    answer = yield read("lambda", "GetFunction", {"FunctionName": name}, absent_on=GONE)
    if answer is None:
        return None
    where, told = answer.get("Code") or {}, answer["Configuration"]
    image = where.get("ImageUri")
    return PulledCode(
        url="" if image else where.get("Location", ""),
        code=told.get("CodeSha256", ""),
        size=told.get("CodeSize", 0),
        runtime=told.get("Runtime"),
        handler=told.get("Handler"),
        architecture=(told.get("Architectures") or ["x86_64"])[0],
        layers=tuple(layer["Arn"] for layer in told.get("Layers") or ()),
        image=image,
    )
