"""AWS Signature Version 4 for a POST to ``/``: what a signer needs and the headers it makes."""

import hashlib
import hmac
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple


class Keys(NamedTuple):
    """Credentials as they sign: of the function itself or vended to one tenant."""

    access_key: str
    secret_key: str
    token: str | None = None

    def __repr__(self) -> str:
        return f"Keys({self.access_key}, █)"


def signed(
    *, service: str, host: str, headers: Mapping[str, str], body: bytes, region: str, keys: Keys, stamp: str
) -> dict[str, str]:
    """``headers`` (names in lower case), signed for a POST of ``body`` to ``/`` at ``stamp`` (UTC)."""
    signing = {**headers, "host": host, "x-amz-date": stamp}
    if keys.token:
        signing["x-amz-security-token"] = keys.token
    names = sorted(signing)
    listed = ";".join(names)
    lines = "".join([f"{name}:{signing[name]}\n" for name in names])
    canonical = f"POST\n/\n\n{lines}\n{listed}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}"
    key = _signing_key(keys.secret_key, stamp[:8], region, service)
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    sender = f"AWS4-HMAC-SHA256 Credential={keys.access_key}/{scope}"
    signing["authorization"] = f"{sender}, SignedHeaders={listed}, Signature={signature}"
    return signing


@lru_cache(maxsize=4096)
def _signing_key(secret: str, day: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
