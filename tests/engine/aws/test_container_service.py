"""Container services: what the emulator does not show, by fed answers."""

from __future__ import annotations

from typing import Any

import jmespath
import pytest
from pydantic import ValidationError

from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.resource import Actual, Desired, Reference
from genesys_tui.engine.model.specs.base import WISH
from genesys_tui.engine.model.specs.container_service import ContainerServiceSpec
from genesys_tui.engine.providers import registry
from genesys_tui.engine.providers.aws.containers.container_calls import steady
from genesys_tui.engine.providers.aws.containers.container_definition import changed

KIND = registry.kind("container-service")
PLACE = Placement("eu-west-1", "stage", "123456789012")
SIDECAR = {"name": "proxy", "image": "envoy:1", "essential": False}
DEFINITION: dict[str, Any] = {
    "family": "shop-web",
    "revision": 7,
    "status": "ACTIVE",
    "cpu": "256",
    "memory": "512",
    "volumes": [{"name": "data"}],
    "placementConstraints": [],
    "containerDefinitions": [
        SIDECAR,
        {
            "name": "web",
            "image": "web:1",
            "environment": [{"name": "STAGE", "value": "prod"}, {"name": "THEIRS", "value": "1"}],
            "mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}],
        },
    ],
}


def service(**raw: Any) -> Actual:
    told = {"taskDefinition": "arn:aws:ecs:eu-west-1:123456789012:task-definition/shop-web:7", **raw}
    data = {"service": told, "definition": DEFINITION}
    arn = "arn:aws:ecs:eu-west-1:123456789012:service/shop/web"
    return Actual("container-service", "shop/web", "shop/web", "", {}, arn=arn, provider_data=data)


def companions(name: str, **spec: Any) -> dict[str, Desired]:
    document = ContainerServiceSpec.model_validate({"image": "web:1", "network": "main", **spec}, context=WISH).document
    desired = Desired(f"container-service.{name}", "container-service", name, document, complete=True)
    return {one.address: one for one in KIND.companions(desired, None)}


def test_a_new_revision_keeps_what_others_wrote() -> None:
    want = ContainerServiceSpec.of({"image": "web:2", "environment": {"STAGE": "test"}})
    revision: Any = changed(DEFINITION, "web", want)
    proxy, web = revision["containerDefinitions"]
    assert proxy == SIDECAR
    assert web["image"] == "web:2"
    assert web["mountPoints"] == DEFINITION["containerDefinitions"][1]["mountPoints"]
    assert {one["name"]: one["value"] for one in web["environment"]} == {"STAGE": "test", "THEIRS": "1"}
    assert revision["volumes"] == [{"name": "data"}]
    assert not {"revision", "status"} & revision.keys(), "RegisterTaskDefinition takes neither"


def test_a_variable_goes_when_it_is_wanted_no_more() -> None:
    revision: Any = changed(DEFINITION, "web", ContainerServiceSpec.of({"environment": {"STAGE": None}}))
    assert revision["containerDefinitions"][1]["environment"] == [{"name": "THEIRS", "value": "1"}]


@pytest.mark.parametrize(
    ("state", "running", "done"),
    [("COMPLETED", 2, True), ("COMPLETED", 1, False), ("IN_PROGRESS", 2, False), ("IN_PROGRESS", 0, False)],
)
def test_it_is_waited_for_until_all_containers_run(state: str, running: int, done: bool) -> None:
    deployments = [{"status": "ACTIVE", "rolloutState": "COMPLETED"}, {"status": "PRIMARY", "rolloutState": state}]
    answer = {"services": [{"runningCount": running, "desiredCount": 2, "deployments": deployments}]}
    wait = steady("shop", "web", "")
    assert bool(jmespath.search(wait.done, answer)) is done
    assert not jmespath.search(wait.failed or "", answer)


def test_a_deployment_that_the_circuit_breaker_ends_fails_the_step() -> None:
    back = {"status": "PRIMARY", "rolloutState": "IN_PROGRESS"}
    deployments = [back, {"status": "ACTIVE", "rolloutState": "FAILED"}]
    answer = {"services": [{"runningCount": 2, "desiredCount": 2, "deployments": deployments}]}
    assert jmespath.search(steady("shop", "web", "").failed or "", answer)


def test_a_revision_deployed_by_others_since_is_not_overwritten() -> None:
    [line] = KIND.update(service(), ContainerServiceSpec.of({"image": "web:2"}), PLACE, None)
    register, update = line.calls
    assert register.name == "ecs:RegisterTaskDefinition"
    assert update.guard is not None and update.guard.at == "services[0].taskDefinition"


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ("tiny", "small, medium, large, xlarge"),
        ("300/512", "256, 512, 1024"),
        ("256/4096", "512, 1024, 2048 MB"),
    ],
)
def test_sizes_that_fargate_does_not_take_are_refused_with_those_it_does(size: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        ContainerServiceSpec.model_validate({"size": size}, context=WISH)


def test_the_role_that_starts_it_may_read_its_secrets_and_its_image_only() -> None:
    secrets = {"PASSWORD": "db-password", "LEVEL": Reference("${parameter.level.arn}")}
    found = companions("shop/web", image="${repository.web.uri}:v1", secrets=secrets)
    policies: Any = found["role.shop-web-execution"].spec["policies"]
    assert policies["image"]["on"] == ["${repository.web.arn}"]
    assert policies["secrets"] == {"allow": ["secretsmanager:GetSecretValue"], "on": ["${secret.db-password.arn}"]}
    assert policies["parameters"] == {"allow": ["ssm:GetParameters"], "on": ["${parameter.level.arn}"]}


def test_a_public_image_needs_no_permission() -> None:
    policies: Any = companions("web")["role.web-execution"].spec["policies"]
    assert set(policies) == {"log"}


def test_a_service_has_a_cluster_of_its_own_or_shares_the_one_in_its_name() -> None:
    assert "cluster.web" in companions("web")
    shared = companions("shop/web")
    assert "cluster.shop" not in shared and "cluster.web" not in shared
    assert shared["container-service.shop/web"].spec["cluster"] == "${cluster.shop.name}"


def test_a_cluster_that_its_name_does_not_tell_is_refused() -> None:
    with pytest.raises(GenesysError, match="names another one"):
        companions("web", cluster="shop")
