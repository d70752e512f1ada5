"""The floor: a bare boto3 process that sends the fewest calls for the same work, from a pool of threads.

`python benchmarks/floor.py apply|plan N`; the endpoint is boto3's own `AWS_ENDPOINT_URL`.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config

THREADS = 8
"""The fastest of 4, 8, 16 and 32 against this server."""
BLOCK = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
ENCRYPTION = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}


def bucket_names(count: int) -> list[str]:
    """The buckets that every contestant makes."""
    return [f"race-{number:04}" for number in range(count)]


def apply(count: int) -> None:
    """Make the buckets: four calls each."""
    s3 = boto3.client("s3", config=Config(max_pool_connections=THREADS))

    def make(name: str) -> None:
        s3.create_bucket(Bucket=name)
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration=ENCRYPTION)
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=BLOCK)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(make, bucket_names(count)))


def plan(count: int) -> None:
    """Look whether they all are as wanted: three calls each. Ends with 1 where one is not."""
    s3 = boto3.client("s3", config=Config(max_pool_connections=THREADS))

    def hardened(name: str) -> bool:
        versioning = s3.get_bucket_versioning(Bucket=name)
        encryption = s3.get_bucket_encryption(Bucket=name)
        block = s3.get_public_access_block(Bucket=name)
        rule = encryption["ServerSideEncryptionConfiguration"]["Rules"][0]
        return bool(
            versioning.get("Status") == "Enabled"
            and rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
            and block["PublicAccessBlockConfiguration"] == BLOCK
        )

    with ThreadPoolExecutor(THREADS) as pool:
        if not all(pool.map(hardened, bucket_names(count))):
            raise SystemExit("not all buckets are as wanted")


if __name__ == "__main__":
    {"apply": apply, "plan": plan}[sys.argv[1]](int(sys.argv[2]))
