"""Who may carry a phase out: README's table of the day, for whoever is told what comes next."""

WHO = {
    0: "head of the build",
    1: "one person, or one a host: `fab -H ika phase1`, `fab -H tako phase1`",
    2: "head",
    3: "head; `fab progress` at any other seat",
    4: "head",
    5: "WWW, DNS and Mail teams read the diffs",
    6: "one person; all others log out of both hosts",
    7: "teams: `fab -H ika phase7` (new), `fab -H tako phase7` (old)",
    8: "head",
    9: "all teams",
    10: "head",
    11: "head",
}
SENDS = "head: reads the report and report/announcement.eml, signs, and sends"
