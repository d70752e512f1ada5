"""A web server in a cluster that others share, behind a balancer."""

from tests.engine.kinds.sample import Beside, Sample

WELL = {"port": 8080, "health_path": "/well"}

SAMPLE = Sample(
    name="shop/web",
    beside=(
        Beside("cluster", "shop"),
        Beside("network", "main", {"cidr": "10.40.0.0/16"}),
        Beside("security-group", "web", {"network": "main"}),
        Beside("security-group", "ops", {"network": "main"}),
        Beside("repository", "shop/web"),
        Beside("secret", "db-password", {"value": "random:24"}),
        Beside("role", "reader", {"trusts": "ecs-tasks"}),
        Beside(
            "load-balancer",
            "door",
            {
                "network": "main",
                "security_groups": ["web"],
                "targets": {"web": WELL, "next": {**WELL, "port": 8081}},
                "listeners": {"web": {"port": 80, "target": "web"}, "next": {"port": 81, "target": "next"}},
            },
        ),
    ),
    spec={
        "image": "${repository.shop/web.uri}:v1",
        "size": "512/1024",
        "port": 8080,
        "environment": {"STAGE": "prod", "DOOR": "${load-balancer.door.dns_name}"},
        "secrets": {"PASSWORD": "db-password"},
        "network": "main",
        "security_groups": ["web"],
        "target": "${load-balancer.door.target_web}",
        "tags": {"team": "shop"},
    },
    updates={
        "image": ("${repository.shop/web.uri}:v2", 2),
        "size": ("large", 2),
        "architecture": ("arm64", 2),
        "port": (8081, 2),
        "command": ("serve --name 'the web'", 2),
        "environment": ({"STAGE": "test"}, 2),
        "role": ("reader", 2),
        "replicas": (2, 1),
        "scaling": ({"min": 1, "max": 4, "cpu": 60}, 2),
        "public_ip": (True, 1),
        "security_groups": (["web", "ops"], 1),
        "target": ("${load-balancer.door.target_next}", 1),
        "grace": (30, 1),
        "tags": ({"team": "mill", "stage": "prod"}, 1),
    },
    blind={"grace": "the emulator does not tell it of a service"},
    hostile=("a.b", "a/b/c", "/web"),
)
