from fastapi.testclient import TestClient

from api.main import app

client = TestClient(app)


def test_an_item():
    assert client.get("/items/2").json() == {"name": "chair"}


def test_no_such_item():
    assert client.get("/items/9").status_code == 404
