"""The start page, for a release of which everything is known and for one of which nothing is; and `/healthz`."""

from datetime import datetime, timezone

import pytest

from app import create_app
from app.config import Config
from app.release import Release

COMMIT = "4f2a9c1d07be5a1f6e3b2c4d8a9e0f1122334455"
BUILT = datetime(2026, 11, 22, 9, 10, 11, tzinfo=timezone.utc)
CHECKS = ("lint", "test (3.13)", "</li><script>x</script>")
FULL = Release("4f2a9c1d07be", COMMIT, BUILT, CHECKS, "https://github.com/example/shop")

FULL_PAGE = f"""\
    <p class="eyebrow">Running release</p>
    <h1><code>4f2a9c1d07be</code></h1>
    <dl>
      <dt>Built</dt>
      <dd>
        <time datetime="2026-11-22T09:10:11Z">22 November 2026, 09:10 UTC</time>
      </dd>
      <dt>Commit</dt>
      <dd><a href="https://github.com/example/shop/commit/{COMMIT}"><code>{COMMIT}</code></a></dd>
    </dl>
    <section aria-labelledby="checks">
      <h2 id="checks">Checks it passed</h2>
      <ul role="list">
        <li>lint</li>
        <li>test (3.13)</li>
        <li>&lt;/li&gt;&lt;script&gt;x&lt;/script&gt;</li>
      </ul>
    </section>
"""

NAME_PAGE = '    <p class="eyebrow">Running release</p>\n    <h1><code>v1.2</code></h1>\n'
DEVELOPMENT_PAGE = """\
    <p class="eyebrow">Running from source</p>
    <h1><code>development</code></h1>
    <p class="lead">
      Nobody has built this copy. A release says here when it was built, from which commit, and which checks
      it passed.
    </p>
"""


def page(release: Release) -> str:
    answer = create_app(Config(), release).test_client().get("/")
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize(
    ("release", "title", "main"),
    [
        (FULL, "Release 4f2a9c1d07be", FULL_PAGE),
        (Release("v1.2"), "Release v1.2", NAME_PAGE),
        (Release(), "Development copy", DEVELOPMENT_PAGE),
    ],
)
def test_the_page_says_what_is_known_of_the_release(release: Release, title: str, main: str) -> None:
    html = page(release)
    assert f"<title>{title}</title>" in html
    assert html.partition("<main>\n")[2].partition("  </main>")[0] == main


def test_a_commit_without_a_repository_is_no_link_and_uncommitted_changes_are_admitted() -> None:
    html = page(Release("v1-dirty", commit=COMMIT))
    assert f"<dd><code>{COMMIT}</code></dd>" in html
    assert '<p class="lead">It was built with changes that are in no commit.</p>' in html


def test_health_names_the_release_and_no_cache_keeps_it() -> None:
    """What a deployment and a container wait for."""
    answer = create_app(Config(), Release("v1")).test_client().get("/healthz")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.json == {"status": "ok", "release": "v1"}
    assert answer.headers["Cache-Control"] == "no-store"
