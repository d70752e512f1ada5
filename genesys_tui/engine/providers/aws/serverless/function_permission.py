"""The policy of a function, for those that start it: Lambda adds and removes its statements one by one, so that each
owns one by its id and nobody's is lost."""

from __future__ import annotations

from genesys_tui.engine.model.call import Call, Params, RetryOn, Value


def let_invoke(function: str, sid: Value, service: str, source: Value, account: str = "") -> Call:
    """The call that lets `source` of a `service` start a function (its ARN, or a reference to it); that it may already
    is as good. `account`: whose the source must be, where its ARN does not tell."""
    params: Params = {
        "FunctionName": function,
        "StatementId": sid,
        "Action": "lambda:InvokeFunction",
        "Principal": service,
        "SourceArn": source,
        **({"SourceAccount": account} if account else {}),
    }
    absent, retry = ("ResourceConflictException",), (RetryOn("ResourceNotFoundException", 20),)
    return Call(
        "lambda", "AddPermission", params, absent_on=absent, retry_on=retry, idempotent=True, on=_known(function)
    )


def let_invoke_no_more(function: str, sid: Value) -> Call:
    """The call that takes the statement out."""
    params: Params = {"FunctionName": function, "StatementId": sid}
    absent = ("ResourceNotFoundException",)
    return Call("lambda", "RemovePermission", params, absent_on=absent, idempotent=True, on=_known(function))


def _known(function: str) -> tuple[str, ...]:
    return (function,) if function.startswith("arn:") else ()
