def balance(entries):
    """What each person is owed, from (who, cents) entries."""
    sums = {}
    for who, cents in entries:
        sums[who] = sums.get(who, 0) + cents
    return sums
