"""Which partition a region belongs to, by the form of its name (botocore's partitions.json)."""

from __future__ import annotations

import re

_REGIONS = {
    "aws": r"(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+",
    "aws-cn": r"cn-\w+-\d+",
    "aws-us-gov": r"us-gov-\w+-\d+",
    "aws-eusc": r"eusc-de-\w+-\d+",
}


def partition_of(region: str) -> str | None:
    """Return the partition of ``region``, or ``None`` where there is no such region."""
    for partition, form in _REGIONS.items():
        if re.fullmatch(form, region, re.ASCII):
            return partition
    return None
