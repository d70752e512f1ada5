"""All accounts of the corpus: first those that weights may be fitted on, then those that are held out."""

from __future__ import annotations

from typing import Final

from tests.corpus import (
    acquired_company,
    agency,
    bank,
    biotech,
    cdk_shop,
    clinic,
    control_tower,
    eks_company,
    forwarder,
    games_studio,
    hand_made,
    insurer,
    media_lambda,
    mixed_legacy,
    near_duplicates,
    pulumi_shop,
    serverless_shop,
    soft_house,
    terraform_shop,
    twins,
)
from tests.corpus.record import Account

ACCOUNTS: Final[tuple[Account, ...]] = (
    hand_made.account(),
    cdk_shop.account(),
    terraform_shop.account(),
    serverless_shop.account(),
    eks_company.account(),
    control_tower.account(),
    pulumi_shop.account(),
    mixed_legacy.account(),
    near_duplicates.account(),
    twins.account(),
    forwarder.account(),
    acquired_company.account(),
    agency.account(),
    bank.account(),
    biotech.account(),
    clinic.account(),
    games_studio.account(),
    insurer.account(),
    media_lambda.account(),
    soft_house.account(),
)
