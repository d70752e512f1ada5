"""What botocore raises, as designed errors. Imports botocore: to be imported when a call is sent."""

from __future__ import annotations

import re
import ssl

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from genesys_tui.engine.model.call import Call
from genesys_tui.engine.model.errors import CallError, CallFailure, GenesysError, NoCredentialsError
from genesys_tui.engine.model.shown import shown

ERRORS = (boto.ClientError, boto.BotoCoreError, ResponseParserError, KeyError)
"""All that a call may raise but for faults of the program. KeyError: botocore's parser, of a body without a result."""

DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "NotAuthorized",
        "UnauthorizedAccess",
        "UnauthorizedOperation",
        "403",  # the answer to a HEAD has no body to say it in
        "Forbidden",
    }
)
EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired"})
UNKNOWN = frozenset(
    {
        "AuthFailure",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "InvalidToken",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
"""Codes for credentials that AWS does not know."""
THROTTLED = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "429",
    }
)
"""botocore's list less `LimitExceededException`, which names quotas as well: to wait does not raise a quota."""
_UNSENT = (boto.EndpointConnectionError, boto.ConnectTimeoutError, boto.ProxyConnectionError)
_NO_SESSION = (boto.SSOError, boto.TokenRetrievalError, boto.NoAuthTokenError, boto.LoginError)
_NO_CREDENTIALS = (
    *_NO_SESSION,
    boto.NoCredentialsError,
    boto.PartialCredentialsError,
    boto.CredentialRetrievalError,
    boto.UnknownCredentialError,
    boto.InvalidConfigError,
    boto.RefreshWithMFAUnsupportedError,
)

LONGEST = 400
"""Characters of a message that are shown: an endpoint may answer with a whole page."""

START = "or look around without an account: `genesys-tui --demo`"


def call_error(call: Call, error: Exception, profile: str | None) -> CallError:
    """The designed error for what a call raised. `profile`: the one in use, for the commands to type."""
    if isinstance(error, boto.ClientError):
        return _answered(call, error, profile)
    code = type(error).__name__
    message = _short(str(error))
    if isinstance(error, _NO_CREDENTIALS):
        todo, command = _sign_in(profile) if isinstance(error, _NO_SESSION) else _configure()
        return CallError(call.name, "expired", code, message, todo=todo, command=command)
    if _was_not_sent(error):
        todo = "Check the network, the region and AWS_ENDPOINT_URL"
        return CallError(call.name, "unreachable", code, message, todo=todo)
    if isinstance(error, ResponseParserError | KeyError):
        todo = "Check AWS_ENDPOINT_URL: what answers there does not speak AWS"
        return CallError(call.name, "lost", code, f"an answer that is none of {call.service}'s: {message}", todo=todo)
    if isinstance(error, boto.HTTPClientError | boto.SSLError):
        return CallError(call.name, "lost", code, message)
    return CallError(call.name, "refused", code, message)


def no_credentials(error: CallError) -> NoCredentialsError:
    """The error for a person without an account to talk to, from that of the call that found out."""
    what = "AWS does not accept the credentials" if error.code in UNKNOWN | EXPIRED else "No AWS credentials"
    return NoCredentialsError(what, why=error.message, todo=error.todo, command=error.command)


def setup_error(error: Exception) -> GenesysError:
    """The designed error for settings that no client can be made from."""
    why = _short(str(error))
    if isinstance(error, boto.ProfileNotFound):
        todo = f"Choose another with --profile or AWS_PROFILE, make it with `aws configure --profile NAME`, {START}"
        return NoCredentialsError(
            "There is no such AWS profile", why=why, todo=todo, command="aws configure list-profiles"
        )
    todo = "Correct the AWS settings: --region, --profile, AWS_ENDPOINT_URL, ~/.aws/config"
    return GenesysError("The AWS settings can't be used", why=why, todo=todo, command="aws configure list")


def _short(text: str) -> str:
    return shown(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")


def _answered(call: Call, error: boto.ClientError, profile: str | None) -> CallError:
    answer = error.response
    code = str(answer.get("Error", {}).get("Code", "") or "Unknown")
    message = _short(str(answer.get("Error", {}).get("Message", "")))
    status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    failure = _failure(code, status)
    if code in call.absent_on:
        return CallError(call.name, "absent", code, message)
    if failure == "denied":
        action = _missing_action(call, message)
        todo = f"Have {action} allowed, or use other credentials with --profile"
        return CallError(call.name, "denied", code, message, action=action, todo=todo)
    if failure == "expired":
        todo, command = _configure() if code in UNKNOWN else _sign_in(profile)
        return CallError(call.name, "expired", code, message, todo=todo, command=command)
    todo = "Try again in a moment; nothing is done twice" if failure in {"lost", "throttled"} else ""
    return CallError(call.name, failure, _short(code), message, todo=todo)


def _failure(code: str, status: int) -> CallFailure:
    for codes, failure in _BY_CODE:
        if code in codes:
            return failure
    if status == 429:
        return "throttled"
    return "lost" if status >= 500 else "refused"


_BY_CODE: tuple[tuple[frozenset[str], CallFailure], ...] = (
    (DENIED, "denied"),
    (EXPIRED | UNKNOWN, "expired"),
    (THROTTLED, "throttled"),
)


def _missing_action(call: Call, message: str) -> str:
    """AWS's own word for it; else the operation's first action."""
    if found := re.search(r"not authorized to perform:? ([a-z0-9-]+:[A-Za-z0-9]+)", message):
        return found[1]
    from genesys_tui.engine.providers.aws import iam

    return iam.actions(call)[0]


def _was_not_sent(error: Exception) -> bool:
    if isinstance(error, boto.SSLError):
        # botocore's error wraps urllib3's, whose argument is the true one: of ssl, or for a CA bundle that is not there
        causes = (ssl.SSLCertVerificationError, FileNotFoundError)
        return any(isinstance(cause, causes) for cause in error.kwargs["error"].args)
    return isinstance(error, _UNSENT)


def _sign_in(profile: str | None) -> tuple[str, str]:
    command = "aws sso login" + (f" --profile {profile}" if profile and profile != "default" else "")
    return f"Sign in again with `{command}`, or choose another profile with --profile, {START}", command


def _configure() -> tuple[str, str]:
    todo = f"Set them up with `aws configure`, sign in with `aws sso login`, choose a profile with --profile, {START}"
    return todo, "aws configure"
