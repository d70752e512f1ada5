"""HTTP APIs of API Gateway. Source: the API Gateway v2 API reference; prices of us-east-1, November 2026.

A route of ours is one for each of its methods in the cloud; all routes to a function share an integration, whose
description bears the route's name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Answer, Call, Capture, Find, Joined, Params, Value, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Finding, Line, Price, Reversal
from genesys_tui.engine.model.references import Output
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.api import ApiSpec, route_keys
from genesys_tui.engine.providers.aws.described import Described, Part, Told, fixed
from genesys_tui.engine.providers.aws.serverless.function_documents import CORS, cors_on_wire
from genesys_tui.engine.providers.aws.serverless.function_permission import let_invoke, let_invoke_no_more
from genesys_tui.engine.providers.aws.tags import Tagging, marked, users_tags

REQUESTS = Price("requests", "million", 1.00, low=0, typical=1, high=300)
GONE = ("NotFoundException",)
STAGE = "$default"


def _routing(id: str) -> Reading[Answer | None]:
    """Routes and integrations, side by side."""
    routes, integrations = yield [
        read("apigatewayv2", "GetRoutes", {"ApiId": id}, paginate=True, absent_on=GONE),
        read("apigatewayv2", "GetIntegrations", {"ApiId": id}, paginate=True, absent_on=GONE),
    ]
    for answer in (routes, integrations):
        if isinstance(answer, CallError):
            raise answer
    return {"routes": (routes or {}).get("Items", []), "integrations": (integrations or {}).get("Items", [])}


class Api(Described[ApiSpec]):
    """An HTTP API. Its id is the one that API Gateway gives."""

    name = "api"
    title = "HTTP API"
    noun = "API"
    purpose = "HTTP API"
    spec = ApiSpec
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "arn", "name", "url"})
    tagging = Tagging("apigatewayv2", shape="map")
    parts: ClassVar[Mapping[str, Part]] = {
        "api": Part(lambda id: read("apigatewayv2", "GetApi", {"ApiId": id}, absent_on=GONE)),
        "routing": Part(_routing, frozenset({"routes"})),
    }

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        answer = yield read("apigatewayv2", "GetApis", paginate=True)
        yield Found(tuple(_actual(one, {}) for one in answer.get("Items", ())))

    def locate(self, name: str) -> Reading[Actual | None]:
        answer = yield read("apigatewayv2", "GetApis", paginate=True)
        return next((_actual(one, {}) for one in answer.get("Items", ()) if one["Name"] == name), None)

    def composed(self, id: str, told: Told) -> Actual | None:
        more: dict[str, Any] = {}
        data: dict[str, Any] = {}
        if routing := told.get("routing"):
            more["routes"] = _routes(routing)
            data = {"routing": routing}
        return _actual(told["api"] or {}, more, data)

    # lowering -----------------------------------------------------------------------------------------------------
    def blank(self) -> Document:
        return {"routes": {}, "cors": None, "description": None, "tags": {}}

    def create(self, name: str, want: ApiSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        apis = f"arn:{place.partition}:apigateway:{place.region}::/apis"
        outputs = {
            "id": Capture("ApiId"),
            "name": fixed(name),
            "url": Capture("ApiEndpoint"),
            "arn": Capture(f"join('', ['{apis}/', ApiId])"),
        }
        ours = f"Items[?Name=='{name}'] | [0]"
        found = {one: Capture(f"{ours} | {outputs[one].expression}") for one in ("id", "url", "arn")}
        params: Params = {
            "Name": name,
            "ProtocolType": "HTTP",
            "Tags": marked(want.tags, place),
            **({"Description": want.description} if want.description else {}),
            **({"CorsConfiguration": cors_on_wire(want.cors)} if want.cors else {}),
        }
        find = Find(read("apigatewayv2", "GetApis"), {**found, "name": fixed(name)})
        call = Call("apigatewayv2", "CreateApi", params, captures=outputs, find=find, on=(apis,))
        stage: Params = {"ApiId": Output("id"), "StageName": STAGE, "AutoDeploy": True}
        absent, on = ("ConflictException",), (f"{apis}/*/stages",)
        deploy = Call("apigatewayv2", "CreateStage", stage, absent_on=absent, idempotent=True, on=on)
        yield Line(f"Create HTTP API '{name}'", "Answer requests at a URL of its own", (call, deploy))
        made = Actual("api", "", name, place.region)
        for one, route in (want.routes or {}).items():
            if route is not None:
                yield _add(made, one, route.model_dump(), place)

    def update(self, have: Actual, changed: ApiSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        who = {"ApiId": have.id}
        if changed.has("description"):
            params: Params = {**who, "Description": changed.description or ""}
            yield Line(f"Describe API '{have.name}' anew", "Asked for", (_set("UpdateApi", params, have),))
        if changed.has("cors"):
            yield self._cors(have, changed)
        before: Any = have.spec.get("routes") or {}
        for name, route in (changed.routes or {}).items():
            if before.get(name):
                yield _remove(have, name)
            if route is not None:
                whole = {**(before.get(name) or {}), **route.model_dump(exclude_unset=True)}
                yield _add(have, name, whole, place)
        yield from self.retag(have, changed)

    def _cors(self, have: Actual, changed: ApiSpec) -> Line:
        if changed.cors is None:
            call = _set("DeleteCorsConfiguration", {"ApiId": have.id}, have)
            return Line(f"Let no page of another origin call API '{have.name}'", "Asked for", (call,))
        before: Any = have.spec.get("cors") or {}
        whole = type(changed.cors).model_validate({**before, **changed.cors.model_dump(exclude_unset=True)})
        call = _set("UpdateApi", {"ApiId": have.id, "CorsConfiguration": cors_on_wire(whole)}, have)
        return Line(f"Set which pages of other origins may call API '{have.name}'", "Asked for", (call,))

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        yield self.removal_line(have, _set("DeleteApi", {"ApiId": have.id}, have, absent=GONE))

    def outputs_of(self, have: Actual) -> Mapping[str, str]:
        return {"id": have.id, "arn": have.arn, "name": have.name, "url": have.provider_data["url"]}

    # words and numbers --------------------------------------------------------------------------------------------
    def prices(self, want: ApiSpec) -> tuple[Price, ...]:
        return (REQUESTS,)

    def findings(self, address: str, want: ApiSpec) -> Iterator[Finding]:
        if want.cors and "*" in (want.cors.origins or ()) and want.cors.credentials:
            yield Finding(
                "warning", address, "pages of any origin may call it with a user's credentials", "name origins"
            )

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal("reversible", "it is made again with the same routes, at another URL")


def _actual(raw: Mapping[str, Any], more: Mapping[str, Any], data: Mapping[str, Any] = {}) -> Actual:
    tags: Mapping[str, str] = raw.get("Tags", {})
    cors = raw.get("CorsConfiguration")
    spec: dict[str, Any] = {
        "cors": {field: cors.get(wire) for field, wire in CORS.items()} if cors else None,
        "description": raw.get("Description") or None,
        "tags": users_tags(tags),
        **more,
    }
    id, url = raw["ApiId"], raw.get("ApiEndpoint", "")
    region = url.split(".")[2] if url.count(".") > 3 else ""
    arn = f"arn:aws:apigateway:{region}::/apis/{id}"
    return Actual("api", id, raw["Name"], "", spec, tags, arn, raw.get("CreatedDate"), {**data, "url": url})


def _routes(routing: Mapping[str, Any]) -> dict[str, Any]:
    """Ours by the name that their integration bears; others by what they are led by."""
    named: dict[str, dict[str, Any]] = {}
    for integration in routing["integrations"]:
        target = f"integrations/{integration['IntegrationId']}"
        keys = [route["RouteKey"] for route in routing["routes"] if route.get("Target") == target]
        pairs = [key.split(" ", 1) for key in keys if " " in key]
        if pairs:
            name = integration.get("Description") or keys[0]
            named[name] = {
                "path": pairs[0][1],
                "methods": [method for method, path in pairs if path == pairs[0][1]],
                "function": integration.get("IntegrationUri"),
            }
    return named


def _set(operation: str, params: Params, have: Actual, absent: tuple[str, ...] = ()) -> Call:
    return Call("apigatewayv2", operation, params, idempotent=True, on=(have.arn or "*",), absent_on=absent)


def _add(have: Actual, name: str, route: Mapping[str, Any], place: Placement) -> Line:
    """An integration, a route for each method, and the function's permission to be called."""
    id: Value = have.id or Output("id")
    look = read("apigatewayv2", "GetIntegrations", {"ApiId": id})
    capture = f"_integration_{name}"
    integration: Params = {
        "ApiId": id,
        "IntegrationType": "AWS_PROXY",
        "IntegrationUri": route["function"],
        "PayloadFormatVersion": "2.0",
        "Description": name,
    }
    on = (f"arn:{place.partition}:apigateway:{place.region}::/apis/*",)
    found = {capture: Capture(f"Items[?Description=='{name}'] | [0].IntegrationId")}
    calls = [
        Call(
            "apigatewayv2",
            "CreateIntegration",
            integration,
            captures={capture: Capture("IntegrationId")},
            find=Find(look, found),
            on=on,
        )
    ]
    target = Joined(("integrations/", Output(capture)))
    for key in route_keys(route):
        params: Params = {"ApiId": id, "RouteKey": key, "Target": target}
        calls.append(
            Call("apigatewayv2", "CreateRoute", params, absent_on=("ConflictException",), idempotent=True, on=on)
        )
    calls.append(_permission(id, name, route, place))
    path, methods = route["path"], ", ".join(route["methods"])
    return Line(
        f"Lead {methods} {path} of API '{have.name}' to its function", "Who calls it gets the answer", tuple(calls)
    )


def _permission(id: Value, name: str, route: Mapping[str, Any], place: Placement) -> Call:
    source = Joined((f"arn:{place.partition}:execute-api:{place.region}:{place.account}:", id, "/*/*"))
    return let_invoke(route["function"], Joined(("genesys-api-", id, f"-{name}")), "apigateway.amazonaws.com", source)


def _remove(have: Actual, name: str) -> Line:
    routing = have.provider_data["routing"]
    route = _routes(routing)[name]
    calls: list[Call] = []
    for integration in routing["integrations"]:
        if (integration.get("Description") or "") != name:
            continue
        target = f"integrations/{integration['IntegrationId']}"
        doomed = [one["RouteId"] for one in routing["routes"] if one.get("Target") == target]
        calls += [_set("DeleteRoute", {"ApiId": have.id, "RouteId": id}, have, GONE) for id in doomed]
        params: Params = {"ApiId": have.id, "IntegrationId": integration["IntegrationId"]}
        calls.append(_set("DeleteIntegration", params, have, GONE))
    statement = f"genesys-api-{have.id}-{name}"
    calls.append(let_invoke_no_more(route["function"], statement))
    return Line(f"Take the route '{name}' out of API '{have.name}'", "Asked for", tuple(calls))
