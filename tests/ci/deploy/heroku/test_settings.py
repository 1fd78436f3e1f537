"""What a deployment reads from the environment."""

import pytest

from ci.deploy.heroku.answers import app_address
from ci.deploy.heroku.settings import Settings, read
from ci.errors import UsageError
from tests.fakes.heroku import KEY

KNOWN = {"HEROKU_API_KEY": KEY}


def test_the_addresses_are_heroku_s() -> None:
    assert read("shop", KNOWN) == Settings("shop", KEY, "https://api.heroku.com", "https://registry.heroku.com")
    assert read("shop", KNOWN).image == "registry.heroku.com/shop/web"


def test_the_key_is_not_shown() -> None:
    assert KEY not in repr(read("shop", KNOWN))


def test_what_is_missing_is_one_line_that_says_where_to_set_it() -> None:
    with pytest.raises(UsageError) as no_app:
        read("", KNOWN)
    with pytest.raises(UsageError) as no_key:
        read("shop", {})
    assert str(no_app.value) == (
        "HEROKU_APP is not set: give the app's name with `export HEROKU_APP=...`, on GitHub as a variable of the "
        "repository, on Jenkins as an environment variable, or as `app` of the environment in ci/pipeline.toml"
    )
    assert str(no_key.value) == (
        "HEROKU_API_KEY is not set: make a key with `heroku authorizations:create`, and give it with `export "
        "HEROKU_API_KEY=...`, on GitHub as a secret of that name, on Jenkins as the credential of the deploy job"
    )


@pytest.mark.parametrize("app", ["Shop", "a", "-shop", "shop-", "shop/../other", "shop\n", "s" * 31])
def test_an_app_has_a_name_that_heroku_allows(app: str) -> None:
    with pytest.raises(UsageError, match="^no Heroku app is called "):
        read(app, KNOWN)


@pytest.mark.parametrize("key", ["secret key", "secret\n", "sécret"])
def test_a_broken_key_is_refused_and_not_shown(key: str) -> None:
    with pytest.raises(UsageError, match="^HEROKU_API_KEY holds") as refused:
        read("shop", {"HEROKU_API_KEY": key})
    assert key not in str(refused.value)


@pytest.mark.parametrize("name", ["HEROKU_API_URL", "HEROKU_REGISTRY_URL"])
@pytest.mark.parametrize(
    "address",
    [
        "http://api.heroku.com",
        "http://127.0.0.1.example.org",
        "https://user:word@example.org",
        "https://example.org/path",
        "https://example.org:port",
        "ftp://localhost",
        "localhost:80",
    ],
)
def test_the_key_goes_over_tls_or_stays_on_this_machine(name: str, address: str) -> None:
    with pytest.raises(UsageError, match=f"^{name} must be an address like https://"):
        read("shop", {**KNOWN, name: address})


@pytest.mark.parametrize(
    "address", ["https://example.org:8443/", "http://localhost:80", "http://127.0.0.2", "http://[::1]:1"]
)
def test_other_addresses_can_be_set(address: str) -> None:
    assert read("shop", {**KNOWN, "HEROKU_API_URL": address}).api == address.rstrip("/")


@pytest.mark.parametrize(
    ("web_url", "address"),
    [
        ("https://shop.example.org/", "https://shop.example.org"),
        ("http://shop.example.org/", "https://shop.example.org"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
        ("file:///etc/passwd", None),
        (None, None),
    ],
)
def test_the_app_is_asked_over_tls(web_url: str | None, address: str | None) -> None:
    assert app_address(web_url) == address
