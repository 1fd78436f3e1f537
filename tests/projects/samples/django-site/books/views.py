from django.http import JsonResponse

from books.models import Book


def index(request):
    return JsonResponse({"books": [str(book) for book in Book.objects.order_by("title")]})
