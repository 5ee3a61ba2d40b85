"""Our small table of partitions says what botocore's large one does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import botocore
import botocore.session
import pytest

from shellkit.credentials import partitions

TABLE = json.loads((Path(botocore.__file__).parent / "data" / "partitions.json").read_text())
REGIONS = [
    (region, partition["id"])
    for partition in TABLE["partitions"]
    for region in partition["regions"]
]


def test_every_partition_is_known() -> None:
    assert {partition["id"] for partition in TABLE["partitions"]} <= partitions.NAMES


@pytest.mark.parametrize(("region", "partition"), REGIONS)
def test_every_region_is_in_its_partition(region: str, partition: str) -> None:
    assert partitions.of_region(region) == partition


@pytest.mark.parametrize("partition", TABLE["partitions"], ids=lambda found: str(found["id"]))
def test_the_region_to_fall_back_on_is_the_partitions_own(partition: dict[str, Any]) -> None:
    region = partitions.default_region(partition["id"])
    assert region == partition["outputs"]["implicitGlobalRegion"]
    assert region in partition["regions"]


def test_a_region_of_tomorrow_is_in_the_partition_of_its_name() -> None:
    for region, partition in [
        ("eu-west-99", "aws"),
        ("cn-south-1", "aws-cn"),
        ("us-gov-north-1", "aws-us-gov"),
        ("eusc-de-west-7", "aws-eusc"),
        ("us-isob-north-1", "aws-iso-b"),
        ("moon-1", "aws"),
    ]:
        assert partitions.of_region(region) == partition


def test_the_partition_of_an_arn() -> None:
    assert partitions.of_arn("arn:aws-iso-b:iam::111122223333:role/x") == "aws-iso-b"


@pytest.mark.parametrize(
    ("partition", "host"),
    [
        ("aws", "sts.us-east-1.amazonaws.com"),
        ("aws-cn", "sts.cn-northwest-1.amazonaws.com.cn"),
        ("aws-us-gov", "sts.us-gov-west-1.amazonaws.com"),
        ("aws-eusc", "sts.eusc-de-east-1.amazonaws.eu"),
        ("aws-iso", "sts.us-iso-east-1.c2s.ic.gov"),
        ("aws-iso-b", "sts.us-isob-east-1.sc2s.sgov.gov"),
        ("aws-iso-e", "sts.eu-isoe-west-1.cloud.adc-e.uk"),
        ("aws-iso-f", "sts.us-isof-south-1.csp.hci.ic.gov"),
    ],
)
def test_botocore_finds_sts_there(partition: str, host: str, no_aws: None) -> None:
    del no_aws
    from shellkit.credentials.session import Credentials
    from shellkit.credentials.sts import Sts

    client = Sts(None, "us-east-1")._client(
        Credentials("AKIA", "s"), partitions.default_region(partition)
    )
    assert client.meta.endpoint_url == f"https://{host}"


@pytest.fixture
def no_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
