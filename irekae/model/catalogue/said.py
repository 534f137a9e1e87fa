"""A text in a language other than English, by that language's catalogue."""

import functools
import gettext
from pathlib import Path

from irekae.model.catalogue.matcher import Matcher

LOCALE = Path(__file__).parents[2] / "locale"


@functools.cache
def _matcher(lang: str) -> Matcher:
    try:
        found = gettext.translation("irekae", LOCALE, [lang])
    except OSError:  # a clone of which somebody took a part: English is better than nothing
        return Matcher({})
    # The messages themselves, which gettext has no function for: a line is found by the template that it was made from.
    messages = vars(found)["_catalog"]
    return Matcher({english: other for english, other in messages.items() if isinstance(english, str)})


def said_in(lang: str, text: str) -> str:
    """Every line of `text` that is a message, in that language; the other ones as they are."""
    line = _matcher(lang).line
    return "\n".join(line(one) for one in text.split("\n"))
