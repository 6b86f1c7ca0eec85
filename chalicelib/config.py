"""Typed settings: the only place that reads the environment, once."""

import os
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a deployment decides. Names of variables: ``SONGYUN_`` and the field in capitals."""

    stage: str
    base_url: str
    app_table: str
    control_table: str
    ledger_table: str
    bus: str
    data_key: str
    tenant_role_prefix: str
    region: str
    dynamodb_endpoint: str
    assets: str
    stripe_key: str
    stripe_api_base: str
    stripe_webhook_secret: str
    tracing: bool
    secure_cookies: bool
    telemetry: str
    modules: tuple[str, ...]
    rate_factor: float


@cache
def settings() -> Settings:
    """The settings of this process. ``settings.cache_clear()`` reads them again (tests)."""
    env = os.environ.get
    stage = env("SONGYUN_STAGE", "local")
    region = env("AWS_REGION", env("AWS_DEFAULT_REGION", "cn-north-1"))
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    endpoint = env(
        "AWS_ENDPOINT_URL_DYNAMODB", env("AWS_ENDPOINT_URL", f"https://dynamodb.{region}.{suffix}")
    )
    base_url = env("SONGYUN_BASE_URL", "http://127.0.0.1:8000")
    return Settings(
        stage=stage,
        base_url=base_url,
        app_table=env("SONGYUN_APP_TABLE", f"songyun-{stage}-app"),
        control_table=env("SONGYUN_CONTROL_TABLE", f"songyun-{stage}-control"),
        ledger_table=env("SONGYUN_LEDGER_TABLE", f"songyun-{stage}-ledger"),
        bus=env("SONGYUN_BUS", f"songyun-{stage}-tourism"),
        data_key=env("SONGYUN_DATA_KEY", f"alias/songyun-{stage}"),
        tenant_role_prefix=env("SONGYUN_TENANT_ROLE_PREFIX", ""),
        region=region,
        dynamodb_endpoint=endpoint,
        assets=env("SONGYUN_ASSETS", "build/assets"),
        stripe_key=env("STRIPE_SECRET_KEY", ""),
        stripe_api_base=env("STRIPE_API_BASE", ""),
        stripe_webhook_secret=env("STRIPE_WEBHOOK_SECRET", ""),
        tracing=env("AWS_XRAY_SDK_ENABLED", "true") == "true" and "AWS_XRAY_DAEMON_ADDRESS" in os.environ,
        secure_cookies=base_url.startswith("https://"),
        telemetry=env("SONGYUN_TELEMETRY", "lines"),
        modules=tuple(filter(None, env("SONGYUN_MODULES", "").split(","))),
        rate_factor=float(env("SONGYUN_RATE_FACTOR", "1")),
    )
