"""The account of Acme, a small company: made by hand, Terraform, the CDK and Serverless over years, and it shows."""

from __future__ import annotations

from genesys_tui.engine.demo import seed_apps, seed_data, seed_edge, seed_network, seed_stacks, seed_storage
from genesys_tui.engine.demo.records import Seed

SEED: Seed = (
    dict(seed_network.SEED)
    | dict(seed_stacks.SEED)
    | dict(seed_apps.SEED)
    | dict(seed_data.SEED)
    | dict(seed_edge.SEED)
    | dict(seed_storage.SEED)
)
