"""Which files a job gets: the working tree as it is, or the commit, and never the user's repository itself."""

import hashlib
import os
import stat
from pathlib import Path

import pytest

from ci.errors import UsageError
from ci.runner import Options, checkout
from tests.ci.runner.project import Project


def fingerprint(folder: Path) -> dict[str, str]:
    """Every file below a folder with a hash of its content."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_working_tree_is_checked_with_changes_deletions_and_new_files(project: Project) -> None:
    project.commit({"deleted": "x", "staged": "old", "kept": "kept"})
    project.write({"README": "changed\n", "new": "new", "not.ignored": "secret", "staged": "staged"})
    project.git("add", "staged")
    (project.root / "deleted").unlink()
    assert project.text("ls; cat README staged") == ["README", "kept", "new", "staged", "changed", "staged"]


def test_clean_checks_the_commit(project: Project) -> None:
    project.write({"README": "changed\n", "new": "new"})
    run = project.run("[[stage]]\nname = 'job'\nrun = ['ls; cat README']", Options(clean=True))
    assert run.said("job") == ["README", "read me"]
    assert not run.result.dirty


def test_the_users_repository_is_not_touched(project: Project) -> None:
    project.write({"README": "changed\n", "new": "new"})
    before = fingerprint(project.root / ".git")
    project.text(
        "git config user.name x; git tag mine; git checkout --quiet -b other; git commit --quiet --allow-empty -m x; "
        "git stash --quiet --include-untracked || true; git gc --quiet --prune=now"
    )
    assert fingerprint(project.root / ".git") == before
    assert project.git("status", "--porcelain") == "M README\n?? new"


def test_a_job_finds_the_commit_its_branches_and_its_history(project: Project) -> None:
    project.git("tag", "v1")
    project.git("checkout", "--quiet", "-b", "feature")
    head = project.commit({"README": "two\n"})
    assert project.text(
        "git rev-parse HEAD", "git describe --tags", "git merge-base HEAD origin/main | git name-rev --annotate-stdin",
        "git status --porcelain", "git archive HEAD | tar -t", "git rev-parse --show-toplevel | sed 's:.*/::'",
        "git for-each-ref --format='%(refname)'", "git symbolic-ref -q HEAD || echo detached",
    ) == [
        head, f"v1-1-g{head[:7]}", f"{project.git('rev-parse', 'main')} (tags/v1)", ".gitignore", "README", "checkout",
        "refs/heads/feature", "refs/heads/main", "refs/remotes/origin/main", "refs/tags/v1", "detached",
    ]


def test_the_same_tree_gives_the_same_commit_on_top_of_head(project: Project) -> None:
    project.write({"README": "changed\n"})
    first, second = (project.text("git rev-parse HEAD HEAD~1") for _run in range(2))
    assert first == second
    assert first[1] == project.head


def test_odd_names_links_and_executable_bits_arrive(project: Project) -> None:
    names = [" blank ", "new\nline", "é☃𝄞", "-dash", 'quo"te', "back\\slash", "*", os.fsdecode(b"latin-\xe9")]
    for name in names:
        (project.root / name).write_text(name.encode(errors="surrogateescape").hex())
    (project.root / "link").symlink_to("nowhere")
    (project.root / "script").write_text("#!/bin/sh\necho it runs\n")
    (project.root / "script").chmod(0o755)
    project.text(f"cp -a . {project.root.parent}/copy", "./script")
    copy = project.root.parent / "copy"
    assert {name: (copy / name).read_text() for name in names} == {
        name: name.encode(errors="surrogateescape").hex() for name in names
    }
    assert (copy / "link").readlink() == Path("nowhere")
    assert (copy / "script").stat().st_mode & stat.S_IXUSR


def test_line_endings_and_filters_of_the_repository_hold_in_checkouts(project: Project) -> None:
    project.git("config", "filter.shout.smudge", "tr a-z A-Z")
    project.git("config", "filter.shout.clean", "tr A-Z a-z")
    project.git("config", "core.autocrlf", "true")
    project.write({".gitattributes": "loud filter=shout\n", "loud": "SHOUT\r\n"})
    assert project.text("od -An -c loud") == ["   S   H   O   U   T  \\r  \\n"]


def test_a_calling_git_hook_does_not_leak_in(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Project.create(project.root.parent / "other").root
    for name, value in {"GIT_DIR": ".git", "GIT_WORK_TREE": ".", "GIT_INDEX_FILE": ".git/index"}.items():
        monkeypatch.setenv(name, str(other / value))
    assert project.text("cat README; env | grep '^GIT_[DWIP]' || true") == ["read me"]


def test_a_hook_sees_the_commit_that_is_being_made(project: Project) -> None:
    """`ci run` in a pre-commit hook checks the working tree; the temporary index of `git commit -a` stays whole."""
    project.write({"README": "two\n"})
    index = project.root / ".git" / "index"
    before = index.read_bytes()
    assert project.text("cat README") == ["two"]
    assert index.read_bytes() == before


def test_a_linked_work_tree_and_a_shallow_clone_work(project: Project) -> None:
    project.commit({"README": "two\n"})
    project.git("worktree", "add", "--quiet", "--detach", "../linked")
    linked = Project(project.root.parent / "linked")
    assert linked.text("cat README; git log --format=%s | wc -l | tr -d ' '") == ["two", "2"]
    shallow = project.clone(project.root.parent / "shallow", "--depth=1")
    assert shallow.text("cat README; git log --format=%s | wc -l | tr -d ' '") == ["two", "1"]


def test_a_partial_clone_fetches_what_an_older_commit_needs(project: Project, tmp_path: Path) -> None:
    before = project.head
    project.commit({"README": "two\n"})
    project.git("config", "uploadpack.allowFilter", "true")
    partial = project.clone(tmp_path / "partial", "--filter=blob:none")
    source = checkout.prepare(partial.root, tmp_path / "source", clean=True, default_branch="main")
    checkout.check_out(source, tmp_path / "before", commit=before)
    assert (tmp_path / "before/README").read_text() == "read me\n"


def test_repositories_inside_the_repository_are_left_out_and_submodules_mentioned(project: Project) -> None:
    Project.create(project.root / "inner")
    assert project.text("ls") == ["README"]
    allow = ("-c", "protocol.file.allow=always")
    project.git(*allow, "submodule", "--quiet", "add", "--name", "sub", str(project.root), "sub")
    run = project.run("[[stage]]\nname = 'job'\nrun = ['ls']")
    assert run.said("job") == ["README", "sub"]
    assert run.shown.notes == ["submodules are not checked out, as on the engines"]


def test_a_sha256_repository_works(tmp_path: Path) -> None:
    other = Project.create(tmp_path / "sha256", "--object-format=sha256")
    head = other.commit({"file": "x", ".gitignore": "/var/\n/reports/\n"})
    assert len(head) == 64
    assert other.text("git rev-parse HEAD") == [head]


def test_no_repository_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        Project(tmp_path).run("[[stage]]\nname = 'job'\nrun = ['true']")
    message, git_says = str(caught.value).splitlines()
    assert message == (
        f"{tmp_path} is no git repository that can be read. What is checked, measured and released "
        "is a commit: `git init`, `git add .` and `git commit` make one."
    )
    assert git_says.startswith("  git: fatal: ")


def test_a_repository_without_a_commit_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    empty = Project.create(tmp_path / "empty")
    with pytest.raises(UsageError, match="has no commit yet: make one with `git add .` and `git commit`"):
        empty.run("[[stage]]\nname = 'job'\nrun = ['true']")


def test_a_bare_repository_and_a_folder_below_the_top_are_errors(tmp_path: Path, project: Project) -> None:
    bare = Project.create(tmp_path / "bare", "--bare")
    with pytest.raises(UsageError, match="is a bare repository"):
        bare.run("[[stage]]\nname = 'job'\nrun = ['true']")
    (project.root / "below").mkdir()
    with pytest.raises(UsageError, match="must be in the top folder of its repository"):
        Project(project.root / "below").run("[[stage]]\nname = 'job'\nrun = ['true']")


def test_nothing_is_left_of_a_run_but_reports_and_state(project: Project) -> None:
    project.text("mkdir -p a/b; touch a/b/c; chmod 500 a/b a")
    assert list((project.root / "var/runs").iterdir()) == []
    assert sorted(path.name for path in (project.root / "var").iterdir()) == ["artifacts", "last-run.json", "runs"]
    assert sorted(path.name for path in (project.root / "reports").iterdir()) == ["job", "run.json"]


def test_a_job_knows_the_remote_but_can_not_push(project: Project, tmp_path: Path) -> None:
    """A rehearsal on a laptop publishes nothing."""
    elsewhere = Project.create(tmp_path / "elsewhere", "--bare").root
    project.git("remote", "add", "origin", str(elsewhere))
    push = "git push --quiet origin HEAD:refs/heads/x 2>/dev/null"
    assert project.text(f"git remote get-url origin; {push} || echo no") == [str(elsewhere), "no"]
