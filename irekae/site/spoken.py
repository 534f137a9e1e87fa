"""The language of the site: known before anything else is read of it, for what is wrong with it is said in it too."""

import tomllib

from irekae.site.site import site_path


def site_lang() -> str:
    """site.toml's [site] lang; "" where it names none or cannot be read."""
    try:
        return str(tomllib.loads(site_path().read_text(encoding="utf-8"))["site"].get("lang", ""))
    except (OSError, ValueError, LookupError, AttributeError, TypeError):
        return ""
