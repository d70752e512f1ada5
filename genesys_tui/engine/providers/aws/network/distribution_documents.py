"""The configuration of a CloudFront distribution: between its wire shape and the spec. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from genesys_tui.engine.model.call import Joined, Value
from genesys_tui.engine.model.references import Output
from genesys_tui.engine.model.specs.distribution import DistributionSpec

OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
"""The managed cache policy CachingOptimized (CloudFront developer guide)."""
NO_CACHE = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
"""CachingDisabled, for servers."""
ALL_VIEWER = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
"""The managed origin request policy AllViewerExceptHostHeader."""
CLASSES = {"all": "PriceClass_All", "200": "PriceClass_200", "100": "PriceClass_100"}
ORIGIN = "genesys"
SPA_CODES = ("403", "404")
_BUCKET = re.compile(r"(?P<bucket>.+)\.s3[.-][a-z0-9.-]*amazonaws\.com(?:\.cn)?")


def spec_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """What the configuration tells."""
    origins = config.get("Origins", {}).get("Items") or [{}]
    domain = origins[0].get("DomainName", "")
    bucket = _BUCKET.fullmatch(domain)
    viewer = config.get("ViewerCertificate", {})
    root = config.get("DefaultRootObject") or None
    spa, errors = _errors(config, root)
    words = {wire: word for word, wire in CLASSES.items()}
    return {
        "bucket": bucket["bucket"] if bucket else None,
        "origin": None if bucket else domain or None,
        "domains": list(config.get("Aliases", {}).get("Items") or ()) or None,
        "certificate": viewer.get("ACMCertificateArn") or None,
        "root": root,
        "spa": spa,
        "errors": errors,
        "price_class": words.get(config.get("PriceClass", "PriceClass_All"), "all"),
        "enabled": config.get("Enabled", True),
    }


def new_config(name: str, want: DistributionSpec, region: str, token: Value) -> dict[str, Value]:
    """The configuration of a new one."""
    config: dict[str, Any] = {
        "CallerReference": token,
        "Comment": name,
        "Enabled": True,
        "HttpVersion": "http2and3",
        "IsIPV6Enabled": True,
        "DefaultCacheBehavior": _behavior(static=want.bucket is not None),
    }
    return patched(config, want, region)


def patched(config: Mapping[str, Any], changed: DistributionSpec, region: str) -> dict[str, Value]:
    """The configuration after a change: what is not named stays as it stands."""
    patch: dict[str, Any] = deepcopy(dict(config))
    if changed.bucket or changed.origin:
        patch["Origins"] = _listed([_origin(changed, region)])
    if changed.has("domains"):
        patch["Aliases"] = _listed(list(changed.domains or ()))
    if changed.has("certificate"):
        patch["ViewerCertificate"] = _certificate(changed.certificate)
    if changed.has("root"):
        patch["DefaultRootObject"] = changed.root or ""
    if changed.has("root") and not changed.has("spa") and _errors(config, config.get("DefaultRootObject"))[0]:
        changed = changed.model_copy(update={"spa": True})  # the page that shows all is another one now
    if "spa" in changed.model_fields_set or changed.has("errors"):
        patch["CustomErrorResponses"] = _listed(_responses(patch, changed))
    if changed.price_class:
        patch["PriceClass"] = CLASSES[changed.price_class]
    if changed.has("enabled"):
        patch["Enabled"] = changed.enabled is not False
    return patch


def _listed(items: Sequence[Any]) -> dict[str, Any]:
    return {"Quantity": len(items), **({"Items": list(items)} if items else {})}


def _origin(want: DistributionSpec, region: str) -> dict[str, Any]:
    if want.bucket:
        return {
            "Id": ORIGIN,
            "DomainName": Joined((want.bucket, f".s3.{region}.amazonaws.com")),
            "OriginAccessControlId": Output("_access"),
            "S3OriginConfig": {"OriginAccessIdentity": ""},
        }
    server = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}
    protocols = {"OriginSslProtocols": _listed(["TLSv1.2"])}
    return {"Id": ORIGIN, "DomainName": want.origin, "CustomOriginConfig": {**server, **protocols}}


def _behavior(*, static: bool) -> dict[str, Any]:
    methods = ["GET", "HEAD"] if static else ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
    behavior: dict[str, Any] = {
        "TargetOriginId": ORIGIN,
        "ViewerProtocolPolicy": "redirect-to-https",
        "Compress": True,
        "CachePolicyId": OPTIMIZED if static else NO_CACHE,
        "AllowedMethods": {**_listed(methods), "CachedMethods": _listed(["GET", "HEAD"])},
    }
    return behavior if static else {**behavior, "OriginRequestPolicyId": ALL_VIEWER}


def _certificate(arn: str | None) -> dict[str, Any]:
    if arn is None:
        return {"CloudFrontDefaultCertificate": True}
    return {"ACMCertificateArn": arn, "SSLSupportMethod": "sni-only", "MinimumProtocolVersion": "TLSv1.2_2021"}


def _responses(config: Mapping[str, Any], changed: DistributionSpec) -> list[dict[str, Any]]:
    """All pages for errors after a change: those of codes that are not named stay."""
    before = {str(one["ErrorCode"]): one for one in config.get("CustomErrorResponses", {}).get("Items") or ()}
    if changed.has("spa"):
        root = f"/{config.get('DefaultRootObject') or 'index.html'}"
        for code in SPA_CODES:
            before.pop(code, None)
            if changed.spa:
                before[code] = _response(code, root, "200")
    for code, page in (changed.errors or {}).items():
        before.pop(code, None)
        if page:
            before[code] = _response(code, page if page.startswith("/") else f"/{page}", code)
    if changed.has("errors") and changed.errors is None:
        before = {code: one for code, one in before.items() if one.get("ResponseCode") == "200"}
    return list(before.values())


def _response(code: str, page: str, answer: str) -> dict[str, Any]:
    return {"ErrorCode": int(code), "ResponsePagePath": page, "ResponseCode": answer, "ErrorCachingMinTTL": 10}


def _errors(config: Mapping[str, Any], root: str | None) -> tuple[bool, dict[str, str] | None]:
    """Whether it is one page that shows all; else the pages for errors."""
    responses = config.get("CustomErrorResponses", {}).get("Items") or ()
    pages = {str(one["ErrorCode"]): one for one in responses}
    spa = all(
        pages.get(code, {}).get("ResponsePagePath") == f"/{root or 'index.html'}"
        and str(pages[code].get("ResponseCode")) == "200"
        for code in SPA_CODES
    )
    rest = {code: one["ResponsePagePath"] for code, one in pages.items() if not (spa and code in SPA_CODES)}
    return spa, rest or None
