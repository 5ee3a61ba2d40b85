"""The demo's home directory: AWS files that fit the sample accounts, and nothing of the user's."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from shellkit import files
from shellkit.totp import code as totp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shellkit.sandbox.sample import Sample

_CONFIG = """\
# The sample accounts of shellkit's sandbox. Nothing here is real.

[profile base]
region = eu-west-1

[profile dev]
role_arn = {dev}
source_profile = base
region = eu-central-1

[profile staging]
role_arn = {staging}
source_profile = base
duration_seconds = 14400

# This one and two more below want MFA. The code: shellkit demo code
[profile prod]
role_arn = {prod}
source_profile = base
region = us-east-1
mfa_serial = {mfa_serial}

# This role's trust policy asks for an external ID.
[profile partner]
role_arn = {partner}
source_profile = base
external_id = {external_id}

# This role trusts staging only: a chain of two.
[profile release]
role_arn = {release}
source_profile = staging

# Another partition: STS is asked in us-gov-west-1.
[profile gov]
role_arn = {gov}
source_profile = gov-base

# The code of prod serves these as well.
[profile vault]
role_arn = {vault}
source_profile = base
mfa_serial = {mfa_serial}

[profile audit]
role_arn = {audit}
source_profile = base
mfa_serial = {mfa_serial}

# This role trusts nobody.
[profile locked]
role_arn = {locked}
source_profile = base
"""

#: The seed of the demo's MFA device, which an authenticator app would keep.
_DEVICE = ".shellkit-demo-device"

_CREDENTIALS = """\
[base]
aws_access_key_id = {key.id}
aws_secret_access_key = {key.secret}

[gov-base]
aws_access_key_id = {gov_key.id}
aws_secret_access_key = {gov_key.secret}
"""


def write_home(home: str, sample: Sample) -> None:
    """Write ``.aws/config`` and ``.aws/credentials`` for ``sample`` in the directory ``home``.

    And the MFA device of its user, for :func:`code`.
    """
    folder = os.path.join(home, ".aws")
    config = _CONFIG.format(
        external_id=sample.external_id, mfa_serial=sample.mfa_serial, **sample.roles
    )
    keys = _CREDENTIALS.format(key=sample.key, gov_key=sample.gov_key)
    files.write_private(os.path.join(folder, "config"), config)
    files.write_private(os.path.join(folder, "credentials"), keys)
    files.write_private(os.path.join(home, _DEVICE), sample.mfa.seed.hex())


def code(home: str, now: float) -> str | None:
    """What the MFA device of the demo in ``home`` shows; ``None`` where there is no demo."""
    seed = files.read_text(os.path.join(home, _DEVICE))
    return None if seed is None else totp(bytes.fromhex(seed), now)


def environment(
    home: str, environ: Mapping[str, str], sandbox: Mapping[str, str]
) -> dict[str, str]:
    """``environ`` for a process that lives in ``home`` and knows the sandbox only.

    Without the user's own AWS and shellkit variables, and with every AWS service led to
    the sandbox: a demo must not reach a real account, whatever is typed in it.
    """
    kept = {
        name: value
        for name, value in environ.items()
        if not name.startswith(("AWS_", "AWSUME_", "SHELLKIT_", "XDG_"))
        and name not in ("BASH_ENV", "ENV", "ZDOTDIR", "HISTFILE", "PROMPT_COMMAND")
    }
    url = sandbox["AWS_ENDPOINT_URL_STS"]
    made = {**kept, **sandbox, "AWS_ENDPOINT_URL": url, "HOME": home, "USERPROFILE": home}
    # In a new home PowerShell would ask its makers whether it is the newest, and report itself.
    made |= {"POWERSHELL_UPDATECHECK": "Off", "POWERSHELL_TELEMETRY_OPTOUT": "1"}
    if sys.platform == "win32":  # Where programs keep what is the user's own.
        made["LOCALAPPDATA"] = os.path.join(home, "AppData", "Local")
        made["APPDATA"] = os.path.join(home, "AppData", "Roaming")
    return made
