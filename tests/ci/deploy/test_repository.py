"""The page of the repository, as it stands in release.json."""

import pytest

from ci.deploy import repository
from tests.ci.deploy.releases import Project


@pytest.mark.parametrize(
    ("remote", "page"),
    [
        ("https://github.com/org/shop", "https://github.com/org/shop"),
        ("https://github.com/org/shop.git", "https://github.com/org/shop"),
        ("https://user:secret@github.com/org/shop.git", "https://github.com/org/shop"),
        ("https://secret@git.example.org:8443/org/shop/", "https://git.example.org:8443/org/shop"),
        ("https://github.com/org/shop?token=secret#x", "https://github.com/org/shop"),
        ("git@github.com:org/shop.git", "https://github.com/org/shop"),
        ("github.com:org/shop", "https://github.com/org/shop"),
        ("ssh://git@git.example.org:2222/group/sub/shop.git", "https://git.example.org/group/sub/shop"),
        ("/srv/git/shop.git", None),
        ("../shop", None),
        ("file:///srv/git/shop.git", None),
        ("http://github.com/org/shop", None),
        ("git://github.com/org/shop", None),
        ("javascript:alert(1)", None),
        ("https://github.com/org/a b", None),
        ("https://[::1]/org/shop", None),
        ("https://github.com:port/org/shop", None),
        ("https:///org/shop", None),
        ("", None),
    ],
)
def test_a_remote_address_becomes_a_page_without_credentials(remote: str, page: str | None) -> None:
    assert repository.page_of(remote) == page


def test_a_checkout_without_origin_has_no_page(project: Project) -> None:
    assert repository.page(project.root) is None
    project.git("remote", "add", "origin", "git@github.com:org/shop.git")
    assert repository.page(project.root) == "https://github.com/org/shop"
