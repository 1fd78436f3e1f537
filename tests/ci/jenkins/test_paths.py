"""Names as people write them become paths that arrive whatever is between us and Jenkins."""

from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ci.errors import UsageError
from ci.jenkins import paths

branches = st.text(st.characters(exclude_categories=["Cc", "Cs"])).filter(lambda name: name.strip() == name)
names = st.text("abcXYZ 019._-äß(){}~", min_size=1).map(str.strip).filter(lambda name: name.strip(".") != "")


@pytest.mark.parametrize(("branch", "name"), [
    ("feature/login", "feature%2Flogin"),
    ("100%", "100%25"),
    ("a#b?c[d]e\\f", "a%23b%3Fc%5Bd%5De%5Cf"),
    ("", "%00"),
    (".", "%2E"),
    ("..", "%2E."),
    ("größe", "größe"),
])
def test_a_branch_gives_the_name_of_its_job(branch: str, name: str) -> None:
    assert paths.encode_branch(branch) == name
    assert paths.decode_branch(name) == branch


@settings(deadline=None, database=None)
@given(branches)
def test_every_branch_is_known_again_by_the_name_of_its_job(branch: str) -> None:
    assert paths.decode_branch(paths.encode_branch(branch)) == branch


def test_the_slash_of_a_branch_is_encoded_twice() -> None:
    """Some proxies decode %2F."""
    assert paths.job_path("team/shop", "feature/login") == "job/team/job/shop/job/feature%252Flogin"


@settings(deadline=None, database=None)
@given(st.lists(names, min_size=1), st.none() | branches)
def test_a_path_is_plain_ascii_and_leads_back_to_the_names(parts: list[str], branch: str | None) -> None:
    path = paths.job_path("/".join(parts), branch)
    assert path.isascii() and " " not in path and "%2F" not in path
    segments = [unquote(segment) for segment in path.split("/")]
    branches = [] if branch is None else [paths.encode_branch(branch)]
    assert segments[::2] == ["job"] * (len(parts) + len(branches))
    assert segments[1::2] == parts + branches


@settings(deadline=None, database=None)
@given(branches)
@example("renovate/@types/node").via("Jenkins refuses @ in other names, not in those of branches")
def test_the_full_name_of_a_branch_is_a_name_again(branch: str) -> None:
    """Every answer about a branch is asked further by its full name."""
    assert paths.job_path(paths.full_name("shop", branch)) == paths.job_path("shop", branch)


@pytest.mark.parametrize("job", ["app", "/app", "app/", "/app/"])
def test_slashes_around_a_name_do_not_matter(job: str) -> None:
    assert paths.full_name(job) == "app"


def test_the_name_that_jenkins_gives_a_branch_is_a_name_too() -> None:
    assert paths.job_path("shop/feature%2Flogin") == paths.job_path("shop", "feature/login")


@pytest.mark.parametrize("job", ["", "/", "a//b", "a/../b", ".", "a?b", "a\nb", "a#b", " a", "job[1]", "a\udcff"])
def test_a_name_that_no_job_can_have_is_refused(job: str) -> None:
    with pytest.raises(UsageError, match="is no name of a Jenkins job"):
        paths.full_name(job)


@pytest.mark.parametrize(("url", "job"), [
    ("https://ci.example.org/jenkins/job/a/job/b/12/", "a/b"),
    ("http://elsewhere/job/mb/job/feature%252Flogin/", "mb/feature%2Flogin"),
    ("http://elsewhere/queue/item/3/", None),
    ("http://[no-address/job/a/", None),
])
def test_the_name_of_a_job_is_read_from_its_address_wherever_that_points(url: str, job: str | None) -> None:
    assert paths.job_of_url(url) == job
