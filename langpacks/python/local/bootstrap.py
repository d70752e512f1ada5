"""Starts a Python function: `python -S bootstrap.py RUNTIME [LOADED [wait]]`, where RUNTIME is the folder of AWS's own
runtime interface client (awslambdaric), or "" where there is none; then this file speaks to the Runtime API itself.
LOADED is a file that is to tell which modules a function has loaded that are not its own.

With `wait` it first imports the modules that a line of standard input names, and loads the function when a second line
comes: what a function imports of its layers is there already then, and only its code is loaded.

The layers come by PYTHONPATH, the handler by _HANDLER, the code lies in LAMBDA_TASK_ROOT. Without the module `site`
(-S) no package of this machine is seen, as in Lambda, and the start is faster. Runs on Python 3.8 and newer.
"""

import sys


def main(runtime, loaded="", wait=""):
    import builtins
    import os
    import resource
    from _sitebuiltins import Quitter

    builtins.exit, builtins.quit = Quitter("exit", ""), Quitter("quit", "")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a killed function leaves no core file
    sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]
    sys.argv[1:] = []
    if runtime:
        sys.path.append(runtime)
    if wait:
        load_ahead()
    if not runtime:
        return serve(os.environ["_HANDLER"], os.environ["AWS_LAMBDA_RUNTIME_API"], loaded)
    from awslambdaric import bootstrap
    from awslambdaric.__main__ import main as serve_as_aws

    if hasattr(bootstrap, "_get_handler"):
        bootstrap._get_handler = telling(bootstrap._get_handler, loaded)
    return serve_as_aws(["bootstrap.py", os.environ["_HANDLER"]])


def load_ahead():
    """Import what the first line tells, in that order, then wait for the second. The end of the input before that is
    the end of whoever tells."""
    import importlib
    import os

    told = sys.stdin.buffer
    for name in told.readline().decode().split():
        try:
            importlib.import_module(name)
        except Exception:  # noqa: S110 - whatever it is, the function itself will come upon it and tell
            pass
    if not told.readline():
        sys.exit(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    sys.path_importer_cache.clear()
    importlib.invalidate_caches()


def telling(get_handler, loaded):
    """The same, that then tells which modules are loaded that are not the function's own."""
    import os

    if not loaded:
        return get_handler

    def got(handler):
        found = get_handler(handler)
        root = os.path.join(os.environ["LAMBDA_TASK_ROOT"], "")
        names = [name for name, module in list(sys.modules.items()) if is_others(module, root)]
        try:
            with open(loaded, "w", encoding="utf-8") as file:
                file.write("\n".join(names))
        except OSError:
            pass
        return found

    return got


def is_others(module, root):
    """Whether a module comes from a file, which is not in the folder of the function."""
    origin = getattr(getattr(module, "__spec__", None), "origin", None)
    return isinstance(origin, str) and origin.startswith("/") and not origin.startswith(root)


def serve(handler, address, loaded=""):
    """What awslambdaric does, for where it can't be had: the same context, the same documents of errors."""
    import http.client
    import json
    import os

    connection = http.client.HTTPConnection(address)
    root = "/2018-06-01/runtime"

    def call(method, path, document=None, headers={}):
        body = document if isinstance(document, bytes) else json.dumps(document).encode() if method == "POST" else None
        connection.request(method, root + path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise RuntimeError("the runtime API said {}: {}".format(answer.status, content.decode()))
        return answer.headers, content

    def fail(path, error):
        print("[ERROR] {errorType}: {errorMessage}".format(**error), flush=True)
        call("POST", path, error, {"Lambda-Runtime-Function-Error-Type": error["errorType"]})

    start_logging()
    try:
        function = telling(load, loaded)(handler)
    except Exception as error:
        fail("/init/error", told(error))
        sys.exit(1)
    while True:
        headers, event = call("GET", "/invocation/next")
        request = Context.request = headers["Lambda-Runtime-Aws-Request-Id"]
        os.environ["_X_AMZN_TRACE_ID"] = headers["Lambda-Runtime-Trace-Id"] or ""
        try:
            answer = function(json.loads(event), Context(headers))
            content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        except Exception as error:
            fail("/invocation/{}/error".format(request), dict(told(error), requestId=request))
        else:
            call("POST", "/invocation/{}/response".format(request), content)


class Fault(Exception):
    """A handler that can't be had. `kind`: as Lambda names it."""

    def __init__(self, kind, message, trace=()):
        super().__init__(message)
        self.kind, self.trace = kind, trace


def load(handler):
    import importlib

    module, dot, name = handler.rpartition(".")
    if not dot:
        raise Fault("Runtime.MalformedHandlerName", "Bad handler '{}': it has no '.'".format(handler))
    try:
        return getattr(importlib.import_module(module.replace("/", ".")), name)
    except SyntaxError as error:
        trace = ['  File "{}" Line {}\n    {}'.format(error.filename, error.lineno, error.text)]
        raise Fault("Runtime.UserCodeSyntaxError", "Syntax error in module '{}': {}".format(module, error), trace)
    except ImportError as error:
        raise Fault("Runtime.ImportModuleError", "Unable to import module '{}': {}".format(module, error))
    except AttributeError as error:
        if hasattr(sys.modules.get(module), "__file__"):
            raise Fault("Runtime.HandlerNotFound", "Handler '{}' missing on module '{}'".format(name, module))
        raise error


def told(error):
    import traceback

    if isinstance(error, Fault):
        return {"errorType": error.kind, "errorMessage": str(error), "stackTrace": list(error.trace), "requestId": ""}
    frames = [one for one in traceback.extract_tb(error.__traceback__) if one.filename != __file__]
    trace = traceback.format_list(frames)
    return {"errorType": type(error).__name__, "errorMessage": str(error), "stackTrace": trace, "requestId": ""}


def start_logging():
    import logging
    import time

    class Lines(logging.Formatter):
        converter = time.gmtime

        def format(self, record):
            record.aws_request_id = Context.request
            return super().format(record)

    handler = logging.StreamHandler(sys.stdout)
    form = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s"
    handler.setFormatter(Lines(form, "%Y-%m-%dT%H:%M:%S"))
    logging.getLogger().addHandler(handler)


class Context:
    """What a function is told of its invocation. Source: "Using the Lambda context object", developer guide."""

    request = ""

    def __init__(self, headers):
        from os import environ

        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = self.client_context = None
        self._deadline_ms = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        import time

        return max(0, self._deadline_ms - int(time.time() * 1000))


if __name__ == "__main__":
    main(*sys.argv[1:4])
