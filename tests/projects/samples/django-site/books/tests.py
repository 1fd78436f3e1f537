from django.test import TestCase

from books.models import Book


class IndexTests(TestCase):
    def test_books_are_sorted(self):
        Book.objects.create(title="Walden")
        Book.objects.create(title="Emma")
        self.assertEqual(self.client.get("/").json(), {"books": ["Emma", "Walden"]})
