"""secrets.toml beside hosts.ini: what must never be shown, quoted or passed as an argument."""

import tomllib

from irekae.model.errors import wrong_use
from irekae.site.inventory import Inventory


def sudo_password(inventory: Inventory) -> str | None:
    """[sudo] password of secrets.toml beside hosts.ini, or None.

    Raises:
        SwapError: the file can be read by others, or is broken.
    """
    path = inventory.folder / "secrets.toml"
    if not path.exists():
        return None
    if path.stat().st_mode & 0o077:
        raise wrong_use(f"{path} can be read by others", hint=f"chmod 600 {path}")
    try:
        sudo = tomllib.loads(path.read_text(encoding="utf-8")).get("sudo", {})
    except OSError as error:
        raise wrong_use(f"{path} cannot be read", str(error)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # The parser's message may quote the line, and with it the secret.
        raise wrong_use(f"{path} is not TOML", hint="correct it and call again") from None
    if not isinstance(sudo, dict):
        raise wrong_use(f"{path}: sudo is not a table", hint='[sudo], and below it password = "…"')
    found = sudo.get("password")
    return str(found) if found is not None else None
