from ledger import balance


def test_entries_add_up():
    assert balance([("ann", 5), ("bob", -2), ("ann", 1)]) == {"ann": 6, "bob": -2}
