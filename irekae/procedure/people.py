"""Who may carry a phase out: README's table of the day, for whoever is told what comes next."""

SENDS = "head: reads the report and report/announcement.eml, signs, and sends"
_WHO = {
    0: "head of the build",
    2: "head",
    3: "head; `fab progress` at any other seat",
    4: "head",
    5: "WWW, DNS and Mail teams read the diffs",
    6: "one person; all others log out of both hosts",
    8: "head",
    9: "all teams",
    10: "head",
    11: "head",
}


def who(phase: int, production: str, standby: str) -> str:
    """Who may carry it out; production, standby: the names of hosts.ini."""
    if phase == 1:
        return f"one person, or one a host: `fab -H {production} phase1`, `fab -H {standby} phase1`"
    if phase == 7:
        return f"teams: `fab -H {production} phase7` (new), `fab -H {standby} phase7` (old)"
    return _WHO[phase]
