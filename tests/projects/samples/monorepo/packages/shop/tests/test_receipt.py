from shop import receipt


def test_a_receipt_names_the_sum():
    assert receipt(1250).get_data(as_text=True) == "12.50 EUR"
