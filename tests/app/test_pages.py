"""The start page: whole, for a release of which everything is known and for one of which nothing is."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from app import create_app
from app.config import Config
from app.release import Release, parse_release

COMMIT = "4f2a9c1d07be5a1f6e3b2c4d8a9e0f1122334455"
FULL = {
    "release": "4f2a9c1d07be",
    "commit": COMMIT,
    "built": "2026-11-22T09:10:11Z",
    "checks": ["lint", "test (3.13)"],
    "repository": "https://github.com/example/shop",
}


def page(release: Release) -> str:
    answer = create_app(Config(), release).test_client().get("/")
    assert answer.status_code == 200
    return answer.text


def main_part(html: str) -> str:
    return html.partition("<main>\n")[2].partition("  </main>")[0]


def test_a_release_of_which_everything_is_known() -> None:
    html = page(parse_release(json.dumps(FULL).encode()))
    assert "<title>Release 4f2a9c1d07be</title>" in html
    assert main_part(html) == f"""\
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
      </ul>
    </section>
"""


def test_a_development_copy_says_what_a_release_would_say() -> None:
    html = page(Release())
    assert "<title>Development copy</title>" in html
    assert main_part(html) == """\
    <p class="eyebrow">Running from source</p>
    <h1><code>development</code></h1>
    <p class="lead">
      Nobody has built this copy. A release says here when it was built, from which commit, and which checks
      it passed.
    </p>
"""


def test_a_release_of_which_only_the_name_is_known() -> None:
    assert main_part(page(Release("v1.2"))) == """\
    <p class="eyebrow">Running release</p>
    <h1><code>v1.2</code></h1>
"""


def test_a_commit_without_a_repository_is_no_link() -> None:
    assert f"<dd><code>{COMMIT}</code></dd>" in page(Release("v1", commit=COMMIT))


def test_uncommitted_changes_are_admitted() -> None:
    assert '<p class="lead">It was built with changes that are in no commit.</p>' in page(Release("v1-dirty"))


def test_head_answers_like_get_without_a_body() -> None:
    client = create_app(Config(), Release()).test_client()
    answer = client.head("/")
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.content_length == len(client.get("/").data)


class Outline(HTMLParser):
    """The tags of a page in order, and the text of its list items."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.items: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "li":
            self.items.append("")

    def handle_data(self, data: str) -> None:
        if self.items and self.lasttag == "li":
            self.items[-1] += data


hostile = st.sampled_from(["<script>x</script>", '"><img src=x>', "{{ 7 * 7 }}", "</li><li>", "&lt;", "'"])
printable = st.text(min_size=1, max_size=120).filter(lambda name: name.isprintable() and bool(name.strip()))


@given(st.lists(hostile | printable, min_size=1, max_size=5))
def test_no_name_of_a_check_breaks_the_page(checks: list[str]) -> None:
    release = parse_release(json.dumps({**FULL, "checks": checks}).encode())
    outline = Outline(page(release))
    plain = Outline(page(replace(release, checks=("x",) * len(checks))))
    assert outline.tags == plain.tags
    assert [item.strip() for item in outline.items] == [check.strip() for check in checks]
