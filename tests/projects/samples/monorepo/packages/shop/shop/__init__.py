from werkzeug.wrappers import Response


def receipt(cents):
    return Response(f"{cents / 100:.2f} EUR")
