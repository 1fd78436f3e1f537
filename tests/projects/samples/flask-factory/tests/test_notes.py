import pytest


def test_index_is_empty_at_first(client):
    assert client.get("/").json == {"notes": []}


@pytest.mark.parametrize("title", ["", "  "])
def test_create_wants_a_title(client, title):
    assert client.post("/", data={"title": title}).status_code == 400


def test_create_adds_a_note(client):
    assert client.post("/", data={"title": "milk"}).status_code == 201
    assert client.get("/").json == {"notes": ["milk"]}
