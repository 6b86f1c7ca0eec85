"""Typed settings: the only place that reads the environment, once."""

import os
from collections.abc import Mapping
from dataclasses import field
from functools import cache
from pathlib import Path

from chalicelib.kernel.late import dataclass


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a deployment decides. Names of variables: ``SONGYUN_`` and the field in capitals.

    modules: those this function serves; none: all. routes: ``all`` are imported at the start, ``later`` each
    when it is first asked for (``route_index`` says where it is), ``none`` never.
    endpoints: of the services that our own clients speak to. The keys are the function's own, as Lambda gives
    them for the life of a process; empty where something else gives credentials.
    """

    stage: str
    base_url: str
    shop_domain: str
    edge_token: str
    app_table: str
    control_table: str
    ledger_table: str
    bus: str
    data_key: str
    files: str
    fonts: str
    tenant_role_prefix: str
    region: str
    endpoints: Mapping[str, str]
    access_key: str
    secret_key: str = field(repr=False)
    session_token: str = field(repr=False)
    assets: str
    stripe_key: str = field(repr=False)
    stripe_api_base: str
    stripe_webhook_secret: str = field(repr=False)
    tracing: bool
    secure_cookies: bool
    telemetry: str
    modules: tuple[str, ...]
    routes: str
    route_index: str
    rate_factor: float


@cache
def settings() -> Settings:
    """The settings of this process. ``settings.cache_clear()`` reads them again (tests)."""
    env = os.environ.get
    stage = env("SONGYUN_STAGE", "local")
    region = env("AWS_REGION", env("AWS_DEFAULT_REGION", "cn-north-1"))
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    everywhere = env("AWS_ENDPOINT_URL", "")
    endpoints = {
        service: env(f"AWS_ENDPOINT_URL_{name}", "") or everywhere or f"https://{service}.{region}.{suffix}"
        for service, name in (
            ("dynamodb", "DYNAMODB"),
            ("sts", "STS"),
            ("kms", "KMS"),
            ("events", "EVENTBRIDGE"),
        )
    }  # named as the AWS SDKs name them
    base_url = env("SONGYUN_BASE_URL", "http://127.0.0.1:8000")
    return Settings(
        stage=stage,
        base_url=base_url,
        shop_domain=env("SONGYUN_SHOP_DOMAIN", "").lower(),
        edge_token=env("SONGYUN_EDGE_TOKEN", ""),
        app_table=env("SONGYUN_APP_TABLE", f"songyun-{stage}-app"),
        control_table=env("SONGYUN_CONTROL_TABLE", f"songyun-{stage}-control"),
        ledger_table=env("SONGYUN_LEDGER_TABLE", f"songyun-{stage}-ledger"),
        bus=env("SONGYUN_BUS", f"songyun-{stage}-tourism"),
        data_key=env("SONGYUN_DATA_KEY", f"alias/songyun-{stage}"),
        files=env("SONGYUN_FILES", ".local/data/files"),
        fonts=env("SONGYUN_FONTS", ""),
        tenant_role_prefix=env("SONGYUN_TENANT_ROLE_PREFIX", ""),
        region=region,
        endpoints=endpoints,
        access_key=env("AWS_ACCESS_KEY_ID", ""),
        secret_key=env("AWS_SECRET_ACCESS_KEY", ""),
        session_token=env("AWS_SESSION_TOKEN", ""),
        assets=env("SONGYUN_ASSETS", "build/assets"),
        stripe_key=env("STRIPE_SECRET_KEY", ""),
        stripe_api_base=env("STRIPE_API_BASE", ""),
        stripe_webhook_secret=env("STRIPE_WEBHOOK_SECRET", ""),
        tracing=env("AWS_XRAY_SDK_ENABLED", "true") == "true" and "AWS_XRAY_DAEMON_ADDRESS" in os.environ,
        secure_cookies=base_url.startswith("https://"),
        telemetry=env("SONGYUN_TELEMETRY", "lines"),
        modules=tuple(filter(None, env("SONGYUN_MODULES", "").split(","))),
        routes=env("SONGYUN_ROUTES", "all"),
        route_index=env("SONGYUN_ROUTE_INDEX", str(Path(__file__).parents[1] / "routes.json")),
        rate_factor=float(env("SONGYUN_RATE_FACTOR", "1")),
    )
