import unittest

from roman import roman


class RomanTest(unittest.TestCase):
    def test_numbers(self):
        for number, text in ((1, "I"), (4, "IV"), (19, "XIX"), (38, "XXXVIII")):
            with self.subTest(number=number):
                self.assertEqual(roman(number), text)


if __name__ == "__main__":
    unittest.main()
