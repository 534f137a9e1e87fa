def announcement(*a):
    raise SystemExit("stub")
