"""Which commit is the base, in every shape that a checkout can have."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from ci.bench.base import Choice, choose
from ci.bench.results import Commit
from ci.errors import UsageError
from tests.repository import Repository


def chosen(repository: Repository, ref: str | None = None, environ: Mapping[str, str] = {}) -> Choice:
    return choose(repository.root, ref=ref, default_branch="main", environ=environ, say=lambda note: None)


def base_of(repository: Repository, ref: str | None = None, **environ: str) -> Commit | None:
    return chosen(repository, ref, environ).base


def refused(repository: Repository, ref: str | None = None, **environ: str) -> str:
    with pytest.raises(UsageError) as caught:
        chosen(repository, ref, environ)
    return str(caught.value)


def topic(repository: Repository) -> str:
    """A branch with two commits, while main got one more; the commit where they part."""
    fork = repository.commit()
    repository.git("switch", "--quiet", "--create", "topic")
    repository.commit({"a": "1"})
    repository.commit({"a": "2"})
    repository.git("switch", "--quiet", "main")
    repository.commit({"b": "1"})
    repository.git("switch", "--quiet", "topic")
    return fork


def test_the_first_commit_has_no_base(repository: Repository) -> None:
    """Nothing fails: all benchmarks are new."""
    assert chosen(repository) == Choice(
        base=None, head=Commit(name="main", id=repository.head), reason="the first commit: nothing to compare with"
    )


def test_the_first_commit_of_a_branch_of_another_name_has_no_base(repository: Repository) -> None:
    repository.git("branch", "--move", "trunk")
    assert base_of(repository) is None


def test_on_the_default_branch_it_is_the_commit_before(repository: Repository) -> None:
    first = repository.head
    repository.commit()
    assert chosen(repository) == Choice(
        base=Commit(name="HEAD~1", id=first), head=Commit(name="main", id=repository.head),
        reason="the commit before, since this is main", is_step=True,
    )


def test_only_what_was_the_default_branch_once_is_a_step_of_it(repository: Repository) -> None:
    """A commit that was merged into it is part of the merge's step, and would count twice in a history."""
    topic(repository)
    repository.git("switch", "--quiet", "main")
    repository.git("merge", "--quiet", "--no-ff", "--message", "merge", "topic")
    steps = {}
    for commit in ("main", "main~1", "topic", "topic~1"):
        repository.git("checkout", "--quiet", "--detach", commit)
        steps[commit] = chosen(repository).is_step
    assert steps == {"main": True, "main~1": True, "topic": False, "topic~1": False}


def test_on_a_branch_it_is_where_the_branch_left_the_default_one(repository: Repository) -> None:
    fork = topic(repository)
    assert chosen(repository) == Choice(
        base=Commit(name=fork[:12], id=fork), head=Commit(name="topic", id=repository.head),
        reason="where it left main",
    )


def test_the_default_branch_of_the_remote_counts_before_the_local_one(repository: Repository, tmp_path: Path) -> None:
    """What is not pushed yet is compared as a whole; a stale local branch is not asked."""
    clone = repository.clone(tmp_path / "clone")
    pushed = clone.head
    clone.commit()
    clone.commit()
    assert base_of(clone) == Commit(name="origin/main", id=pushed)


def test_a_detached_head_is_a_branch_without_a_name(repository: Repository) -> None:
    fork = topic(repository)
    repository.git("checkout", "--quiet", "--detach")
    assert base_of(repository) == Commit(name=fork[:12], id=fork)
    assert chosen(repository).head.name == repository.head[:12]


def test_a_branch_whose_name_is_no_text_has_one_that_can_be_written(repository: Repository) -> None:
    subprocess.run(["git", "branch", "--move", b"caf\xe9"], cwd=repository.root, check=True)
    assert chosen(repository).head.name == "caf?"
    named = base_of(repository, b"caf\xe9".decode(errors="surrogateescape"))
    assert named == Commit(name="caf?", id=repository.head)


@pytest.mark.parametrize("change", ["edit", "index", "new file"])
def test_changes_on_top_of_the_default_branch_are_compared_with_its_last_commit(
    repository: Repository, change: str
) -> None:
    repository.commit({"a": "1"})
    repository.write({"new" if change == "new file" else "a": "2"})
    if change == "index":
        repository.git("add", "a")
    found = chosen(repository)
    assert (found.base, found.head.dirty) == (Commit(name="HEAD", id=repository.head), True)


def test_changes_on_a_branch_are_compared_with_where_it_left_the_default_one(repository: Repository) -> None:
    fork = topic(repository)
    repository.write({"a": "3"})
    assert (base_of(repository), chosen(repository).head.dirty) == (Commit(name=fork[:12], id=fork), True)


def test_what_runs_and_steps_leave_is_no_change(repository: Repository) -> None:
    """Without a .gitignore too. On an engine nobody edits, so any file is a left-over."""
    before = repository.commit({".gitignore": ""})
    repository.commit()
    repository.write({"reports/junit.xml": "", "var/x": ""})
    assert (base_of(repository), chosen(repository).head.dirty) == (Commit(name="HEAD~1", id=before), False)
    repository.write({"left-over": ""})
    for engine in ({"CI": "true"}, {"GO_SERVER_URL": "https://gocd.example/go"}, {"TEAMCITY_VERSION": "2026.1"}):
        found = chosen(repository, None, engine)
        assert (found.base, found.head.dirty) == (Commit(name="HEAD~1", id=before), False)


def test_a_tag_is_compared_with_the_commit_before(repository: Repository) -> None:
    """Also where the tagged commit is on no branch."""
    topic(repository)
    repository.git("tag", "v1")
    repository.git("checkout", "--quiet", "v1")
    found = chosen(repository)
    assert found.base == Commit(name="HEAD~1", id=repository.git("rev-parse", "HEAD~1"))
    assert (found.head.name, found.reason, found.is_step) == ("v1", "the commit before, since this is tag v1", False)


def test_a_tag_of_the_default_branch_is_a_step_of_it(repository: Repository) -> None:
    """Jenkins checks out a detached HEAD and all tags, also where it builds the branch."""
    repository.commit()
    repository.git("tag", "v1")
    repository.git("checkout", "--quiet", "--detach")
    assert chosen(repository).is_step


@pytest.mark.parametrize("depth", [None, 2], ids=["whole", "shallow"])
def test_a_pull_request_as_github_checks_it_out(repository: Repository, tmp_path: Path, depth: int | None) -> None:
    """refs/pull/7/merge: a merge whose first parent is the target's tip, which needs no branch to be known."""
    topic(repository)
    repository.git("switch", "--quiet", "main")
    tip = repository.head
    repository.git("checkout", "--quiet", "--detach")
    repository.git("merge", "--quiet", "--no-ff", "--message", "merge", "topic")
    repository.git("update-ref", "refs/pull/7/merge", "HEAD")
    clone = fetched(repository, tmp_path / "clone", "refs/pull/7/merge", depth=depth)
    found = chosen(clone, None, {
        "GITHUB_BASE_REF": "main", "GITHUB_REF": "refs/pull/7/merge", "GITHUB_SHA": clone.head, "CI": "true",
    })
    assert (found.base, found.reason) == (
        Commit(name="HEAD~1", id=tip), "main, into which the pull request was merged"
    )


def test_a_pull_request_as_jenkins_checks_it_out(repository: Repository, tmp_path: Path) -> None:
    """CHANGE_TARGET is fetched with the pull request, which is merged with it or not."""
    fork = topic(repository)
    clone = fetched(repository, tmp_path / "clone", "topic", "refs/heads/main:refs/remotes/origin/main")
    assert base_of(clone, CHANGE_TARGET="main") == Commit(name=fork[:12], id=fork)
    clone.git("checkout", "--quiet", "--detach", "origin/main")
    tip = clone.head
    clone.git("merge", "--quiet", "--no-ff", "--message", "merge", "FETCH_HEAD")
    assert base_of(clone, CHANGE_TARGET="main") == Commit(name="origin/main", id=tip)


def test_a_pull_request_to_another_branch_is_compared_with_that(repository: Repository) -> None:
    topic(repository)
    release = repository.git("rev-parse", "HEAD~1")
    repository.git("branch", "release", release)
    assert base_of(repository, CHANGE_TARGET="release") == Commit(name="release", id=release)


def test_a_branch_that_merged_the_default_one_is_compared_with_what_it_merged(repository: Repository) -> None:
    """Its own earlier commit, the first parent of that merge, would hide half of the pull request."""
    topic(repository)
    repository.git("merge", "--quiet", "--message", "merge", "main")
    tip = repository.git("rev-parse", "main")
    assert base_of(repository, GITHUB_BASE_REF="main", GITHUB_REF="refs/heads/topic") == Commit(name="main", id=tip)
    merge_of_github = {"GITHUB_REF": "refs/pull/7/merge", "GITHUB_SHA": tip}  # which is not what was checked out
    assert base_of(repository, GITHUB_BASE_REF="main", **merge_of_github) == Commit(name="main", id=tip)


def test_a_commit_can_be_named(repository: Repository) -> None:
    fork = topic(repository)
    assert base_of(repository, "main~1") == Commit(name="main~1", id=fork)
    assert base_of(repository, "HEAD") == Commit(name="HEAD", id=repository.head)


@pytest.mark.parametrize("name", ["--all", "^HEAD", "HEAD~9", "main:refs/heads/main", ""])
def test_a_name_that_is_no_commit(repository: Repository, name: str) -> None:
    for environ in ({}, {"CI": "true"}):
        assert refused(repository, name, **environ) == f"--base {name}: there is no such commit here; name another"


def test_a_branch_that_only_origin_has_can_be_named_without_it(repository: Repository, tmp_path: Path) -> None:
    topic(repository)
    clone = repository.clone(tmp_path / "clone")
    tip = repository.git("rev-parse", "main")
    assert (base_of(clone, "main"), base_of(clone, "main~1")) == (
        Commit(name="main", id=tip), Commit(name="main~1", id=repository.git("rev-parse", "main~1"))
    )


@pytest.mark.parametrize("name", ["v1", "release", "id"])
def test_a_commit_that_only_origin_has_can_be_named(repository: Repository, tmp_path: Path, name: str) -> None:
    """An engine fetches it; a person is told how to, and what to call it then."""
    other = topic(repository) and repository.git("rev-parse", "main")
    repository.git("tag", "--annotate", "--message", "one", "v1", "main")
    repository.git("branch", "release", "main")
    repository.git("config", "uploadpack.allowAnySHA1InWant", "true")
    name = other if name == "id" else name
    clone = fetched(repository, tmp_path / "clone", "topic", depth=1)
    assert base_of(clone, name, CI="true") == Commit(name=name, id=other)
    clone = fetched(repository, tmp_path / "another", "topic")
    message = refused(clone, name)
    fetch, option = re.findall("`(.*?)`", message)
    clone.git(*fetch.split()[1:])
    assert base_of(clone, option.split()[1]) == Commit(name="FETCH_HEAD", id=other)


@pytest.mark.parametrize("ref", [None, "HEAD~1"])
def test_a_shallow_clone_without_the_base_says_which_command_mends_it(
    repository: Repository, tmp_path: Path, ref: str | None
) -> None:
    before = repository.commit()
    repository.commit()
    clone = repository.clone(tmp_path / "clone", "--depth=1")
    message = refused(clone, ref)
    command = re.findall("`(git .*?)`", message)[0]
    clone.git(*command.split()[1:])
    assert base_of(clone) == Commit(name="HEAD~1", id=before)


def test_a_shallow_clone_of_a_branch_says_so_too(repository: Repository, tmp_path: Path) -> None:
    fork = topic(repository)
    clone = repository.clone(tmp_path / "clone", "--depth=1", "--no-single-branch")
    assert refused(clone).startswith(
        "the commit where HEAD left origin/main is not here; this clone is shallow: fetch the rest"
    )
    clone.git("fetch", "--quiet", "--unshallow")
    assert base_of(clone) == Commit(name=fork[:12], id=fork)


def test_a_clone_that_knows_no_default_branch_says_how_to_fetch_it(repository: Repository, tmp_path: Path) -> None:
    fork = topic(repository)
    clone = fetched(repository, tmp_path / "clone", "topic")
    message = refused(clone)
    assert message.startswith("neither origin/main nor main is known here: fetch it with `git fetch origin +refs/")
    clone.git(*re.findall("`(git .*?)`", message)[0].split()[1:])
    assert base_of(clone) == Commit(name=fork[:12], id=fork)


@pytest.mark.parametrize("depth", [None, 1], ids=["whole", "shallow"])
def test_an_engine_fetches_the_branch_that_its_clone_lacks(
    repository: Repository, tmp_path: Path, depth: int | None
) -> None:
    """As Jenkins clones a pull request: no other branch is there, and with a clone option no other commit."""
    fork = topic(repository)
    clone = fetched(repository, tmp_path / "clone", "topic", depth=depth)
    assert base_of(clone, CHANGE_TARGET="main", CI="true") == Commit(name=fork[:12], id=fork)


def test_what_an_engine_fetched_is_not_taken_for_new_in_its_next_build(repository: Repository, tmp_path: Path) -> None:
    """Jenkins keeps the clone and fetches nothing but the pull request, which may have caught up with its target."""
    topic(repository)
    clone = fetched(repository, tmp_path / "clone", "topic")
    base_of(clone, CHANGE_TARGET="main", CI="true")
    repository.git("switch", "--quiet", "main")
    tip = repository.commit({"b": "2"})
    repository.git("switch", "--quiet", "topic")
    repository.git("merge", "--quiet", "--message", "merge", "main")
    clone.git("fetch", "--quiet", "origin", "topic")
    clone.git("checkout", "--quiet", "--detach", "FETCH_HEAD")
    assert base_of(clone, CHANGE_TARGET="main", CI="true") == Commit(name="origin/main", id=tip)


@pytest.mark.parametrize("ref", [None, "HEAD~1"])
def test_an_engine_fetches_what_a_shallow_clone_lacks(
    repository: Repository, tmp_path: Path, ref: str | None
) -> None:
    before = repository.commit()
    repository.commit()
    clone = repository.clone(tmp_path / "clone", "--depth=1")
    assert base_of(clone, ref, CI="true") == Commit(name="HEAD~1", id=before)


def test_an_engine_that_cannot_fetch_says_why(repository: Repository, tmp_path: Path) -> None:
    """And then what a person can do about it."""
    topic(repository)
    clone = fetched(repository, tmp_path / "clone", "topic")
    clone.git("remote", "set-url", "origin", "https://127.0.0.1:1/nothing.git")
    said: list[str] = []
    with pytest.raises(UsageError, match="neither origin/main nor main is known here: fetch it with"):
        choose(clone.root, ref=None, default_branch="main", environ={"CI": "true"}, say=said.append)
    command = "fetch --quiet --no-tags --no-recurse-submodules --refmap= origin refs/heads/main"
    assert said[0] == f"what this clone lacks is fetched: git {command}"
    assert f"{command}` ended with exit code 128" in said[1] and "127.0.0.1:1" in said[1]


def test_a_person_is_asked_to_fetch(repository: Repository, tmp_path: Path) -> None:
    """Nobody's clone is changed without being asked."""
    topic(repository)
    clone = fetched(repository, tmp_path / "clone", "topic")
    known = clone.git("for-each-ref")
    refused(clone, CHANGE_TARGET="main")
    assert clone.git("for-each-ref") == known


def test_histories_with_nothing_in_common(repository: Repository) -> None:
    repository.git("switch", "--quiet", "--orphan", "other")
    repository.commit({"a": "1"})
    repository.commit({"a": "2"})
    assert refused(repository) == (
        "HEAD and main have no commit in common: name the one to compare with, with --base"
    )


def test_a_repository_without_a_commit(tmp_path: Path) -> None:
    assert "has no commit yet" in refused(Repository.create(tmp_path))


def fetched(repository: Repository, folder: Path, ref: str, *more: str, depth: int | None = None) -> Repository:
    """A checkout as engines make them: only what is named was fetched, HEAD is detached at the first."""
    clone = Repository.create(folder, "--initial-branch=unused")
    clone.git("remote", "add", "origin", repository.root.as_uri())
    options = [] if depth is None else [f"--depth={depth}"]
    for refspec in (*more, ref):
        clone.git("fetch", "--quiet", "--no-tags", *options, "origin", refspec)
    clone.git("checkout", "--quiet", "--detach", "FETCH_HEAD")
    return clone
