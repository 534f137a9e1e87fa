"""What the agent answers to the survey: types, as in `claims`."""

from typing import Annotated, Any

from msgspec import Meta

_Text = Annotated[str, Meta(max_length=16384)]
Rows = dict[_Text, _Text]
Kinds = dict[Annotated[str, Meta(max_length=40)], Rows]
Content = tuple[Annotated[int, Meta(ge=0)], Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)], _Text]

_KINDS = ("accounts", "mail", "jobs", "daemons", "zones", "sites", "config", "ports", "system")
_ROWS = (
    *("sudo", "keys", "lists", "pop", "listeners", "firewall", "databases", "written", "setuid"),
    *("answers", "pages", "policy"),
)
SEEN_ANSWERS: dict[str, Any] = {
    "survey_key": Annotated[str, Meta(pattern=r"^[A-Za-z0-9+/]{43}=$|^$")],
    **{f"seen_{name}": Kinds for name in _KINDS},
    **{f"seen_{name}": Rows for name in _ROWS},
    "seen_contents": dict[_Text, Content],
}
