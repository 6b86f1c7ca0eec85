"""What one local installation remembers: its ports and its local payment keys."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from infra.local.process import free_port, is_free
from infra.local.pumps.checkpoints import write_whole

_DEFAULT_PORT = 8000
_DEFAULT_DIR = ".local/data"


class Unusable(Exception):
    """The stack cannot be started; the message is one sentence saying what to do."""


@dataclass(frozen=True)
class Settings:
    """Ports, folder and keys of this installation."""

    port: int
    data_dir: Path
    engine_port: int
    stripe_port: int
    doors_port: int
    stripe_key: str
    webhook_secret: str

    @property
    def base_url(self) -> str:
        """Where the site is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def engine_url(self) -> str:
        """Where the engine is."""
        return f"http://127.0.0.1:{self.engine_port}"

    @property
    def stripe_url(self) -> str:
        """Where the local stand-in for Stripe is."""
        return f"http://127.0.0.1:{self.stripe_port}"

    @property
    def doors_url(self) -> str:
        """Where the simulated doors are."""
        return f"http://127.0.0.1:{self.doors_port}"


def settings() -> Settings:
    """Read ``PORT`` and ``DATA_DIR``, and what was remembered in the data folder.

    Raises:
        Unusable: a value or the folder cannot be used.
    """
    port = _port(os.environ.get("PORT", ""))
    data_dir = Path(os.environ.get("DATA_DIR") or _DEFAULT_DIR).resolve()
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        (data_dir / "logs").mkdir(exist_ok=True)
    except OSError as error:
        raise Unusable(
            f"The data folder {data_dir} cannot be made ({error.strerror}): "
            f"set DATA_DIR to a folder you may write to."
        ) from error
    if not is_free(port):
        raise Unusable(
            f"Port {port} on this computer is taken: stop what uses it, "
            f"or choose another with `make run PORT={port + 100}`."
        )
    remembered = _remembered(data_dir / "local.json")
    result = Settings(
        port=port,
        data_dir=data_dir,
        engine_port=_again(remembered.get("engine_port"), avoid=port),
        # Browsers follow links to it, so it stays beside the site where it can.
        stripe_port=_again(remembered.get("stripe_port") or port + 1, avoid=port),
        doors_port=_again(remembered.get("doors_port") or port + 2, avoid=port),
        stripe_key=str(remembered.get("stripe_key") or f"sk_test_local{secrets.token_hex(12)}"),
        webhook_secret=str(remembered.get("webhook_secret") or f"whsec_local{secrets.token_hex(16)}"),
    )
    kept = {name: value for name, value in asdict(result).items() if name not in _NOT_KEPT}
    try:
        write_whole(path=data_dir / "local.json", content=kept)
    except OSError as error:
        raise Unusable(
            f"The data folder {data_dir} cannot be written ({error.strerror}): "
            f"set DATA_DIR to a folder you may write to."
        ) from error
    return result


_NOT_KEPT = ("port", "data_dir")


def _port(text: str) -> int:
    if not text:
        return _DEFAULT_PORT
    if not text.isdigit() or not 1024 <= int(text) <= 65000:
        raise Unusable(f"PORT must be a number from 1024 to 65000, not {text!r}.")
    return int(text)


def _remembered(path: Path) -> dict[str, object]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise Unusable(
            f"The file {path} cannot be read: delete it, it is made again at the next start."
        ) from error
    return content if isinstance(content, dict) else {}


def _again(port: object, *, avoid: int) -> int:
    """The port remembered, where it is still free."""
    if isinstance(port, int) and port != avoid and is_free(port):
        return port
    return free_port()
