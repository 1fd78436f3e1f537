"""Reports, artifacts and inputs."""

from pathlib import Path

import msgspec
import pytest

from ci.runner import Options, artifacts
from tests.ci.runner.project import Project

BUILD = """
[[stage]]
name = "build"
run = ["mkdir -p out/dist; echo $CI_COMMIT > out/dist/commit; echo x > out/.hidden; chmod +x out/dist/commit"]
artifacts = { dist = ["out/**"] }
[[stage]]
name = "deploy"
inputs = ["dist"]
run = ["find out -type f", "test -x out/dist/commit", "cat out/dist/commit"]
"""


def tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_report_that_is_missing_after_success_is_an_error_of_the_job(project: Project) -> None:
    run = project.run("[[stage]]\nname = 'test'\nrun = ['true']\nreports = { junit = 'out/junit.xml' }")
    assert run.results == {"test": "failure"}
    assert run.job["test"].note == "missing report: out/junit.xml"
    assert "error: missing report: out/junit.xml" in run.shown.output["test"]


def test_a_report_that_is_missing_after_a_failure_is_only_mentioned(project: Project) -> None:
    run = project.run("[[stage]]\nname = 'test'\nrun = ['exit 3']\nreports = { junit = 'junit.xml' }")
    assert (run.results, run.job["test"].exit_code) == ({"test": "failure"}, 3)
    assert run.job["test"].note == "exit code 3: exit 3"
    assert "note: missing report: junit.xml" in run.shown.output["test"]


def test_a_report_that_is_in_the_commit_is_not_taken_for_a_new_one(project: Project) -> None:
    project.commit({"junit.xml": "old"})
    run = project.run("[[stage]]\nname = 'test'\nrun = ['true']\nreports = { junit = 'junit.xml' }")
    assert run.job["test"].note == "missing report: junit.xml"


def test_a_report_in_a_folder_that_is_a_link_out_of_the_checkout_is_not_removed(
    project: Project, tmp_path: Path
) -> None:
    (tmp_path / "junit.xml").write_text("somebody's")
    (project.root / "out").symlink_to(tmp_path)
    project.run("[[stage]]\nname = 'test'\nrun = ['true']\nreports = { junit = 'out/junit.xml' }")
    assert (tmp_path / "junit.xml").read_text() == "somebody's"


def test_a_folder_in_the_place_of_a_report_is_a_missing_report(project: Project) -> None:
    (project.root / "out").mkdir()
    (project.root / "out" / "file").touch()
    run = project.run("[[stage]]\nname = 'test'\nrun = ['true']\nreports = { junit = 'out' }")
    assert run.job["test"].note == "missing report: out"


def test_a_job_that_removes_all_around_its_checkout_fails_and_harms_no_other(project: Project) -> None:
    run = project.run("""
        [[stage]]
        name = "vandal"
        run = ['rm -rf "$(dirname "$PWD")"']
        [[stage]]
        name = "other"
        run = ["true"]
    """, Options(keep_going=True))
    assert run.results == {"vandal": "failure", "other": "success"}
    assert run.job["vandal"].note == "its reports can't be kept: No such file or directory"


def test_reports_of_an_earlier_run_are_cleared(project: Project) -> None:
    pipeline = "[[stage]]\nname = 'test'\nrun = ['echo x > a']\nreports = { junit = 'a' }"
    project.run(pipeline)
    project.run(pipeline.replace("echo x > a", "false"))
    assert tree(project.root / "reports") == ["run.json", "test/log.txt"]


def test_reports_are_kept_by_their_base_names_beside_the_log_and_the_result(project: Project) -> None:
    run = project.run("""
        [[stage]]
        name = "test"
        run = ["mkdir a b; echo 1 > a/out; echo 2 > b/out; echo 3 > c.txt"]
        reports = { junit = "a/out", benchmark = "b/out", flake8 = "c.txt" }
    """)
    reports = project.root / "reports"
    assert tree(reports) == ["run.json", "test/benchmark-out", "test/c.txt", "test/junit-out", "test/log.txt"]
    assert (reports / "test/log.txt").read_text() == run.shown.output["test"]
    result = msgspec.json.decode((reports / "run.json").read_bytes())
    assert (result["result"], result["commit"]) == ("success", project.git("rev-parse", "HEAD"))
    seconds = result["jobs"][0].pop("seconds")
    assert isinstance(seconds, float)
    assert result["jobs"] == [{
        "name": "test", "slug": "test", "stage": "test", "result": "success", "allowed": False, "note": "",
        "exit_code": 0, "log": "reports/test/log.txt",
    }]


def test_inputs_come_back_at_their_old_paths_without_hidden_files(project: Project) -> None:
    run = project.run(BUILD)
    assert run.said("deploy") == ["out/dist/commit", project.git("rev-parse", "HEAD")]
    assert tree(project.root / "var/artifacts/dist") == ["out/dist/commit"]


def test_a_pattern_without_a_file_is_an_error_that_names_it(project: Project) -> None:
    run = project.run("[[stage]]\nname = 'build'\nrun = ['touch .x']\nartifacts = { dist = ['README', '.x', '*.whl'] }")
    assert run.results == {"build": "failure"}
    assert run.job["build"].note == "artifact dist: no file is called .x (hidden files are left out)"


def test_artifacts_of_a_job_are_kept_all_or_none(project: Project) -> None:
    run = project.run(
        "[[stage]]\nname = 'build'\nrun = ['true']\nartifacts = { one = ['README'], two = ['missing'] }"
    )
    assert run.results == {"build": "failure"}
    assert tree(project.root / "var/artifacts") == []


def test_a_job_run_alone_takes_the_artifact_of_an_earlier_run_and_says_from_which_commit(project: Project) -> None:
    head = project.git("rev-parse", "HEAD")
    project.write({"README": "changed"})
    project.run(BUILD, Options(names=("build",)))
    run = project.run(BUILD, Options(names=("deploy",)))
    assert run.job["deploy"].note == f"dist is from an earlier run, commit {head[:10]} with changes"
    assert run.results == {"deploy": "success"}


def test_a_job_run_alone_without_its_artifact_is_told_what_to_run_first(project: Project) -> None:
    run = project.run(BUILD, Options(names=("deploy",)))
    assert run.results == {"deploy": "failure"}
    assert run.job["deploy"].note == "the artifact dist is not there: first run `ci run build`"


def test_an_old_artifact_never_stands_in_for_one_that_this_run_failed_to_make(project: Project) -> None:
    project.run(BUILD)
    run = project.run(BUILD.replace("mkdir", "false; mkdir"), Options(keep_going=True))
    assert run.results == {"build": "failure", "deploy": "failure"}
    assert run.job["deploy"].note == "the artifact dist is not there: build did not make it"


def test_a_failing_build_leaves_the_artifact_of_the_earlier_run_alone(project: Project) -> None:
    project.run(BUILD)
    project.run(BUILD.replace("mkdir", "false; mkdir"))
    assert tree(project.root / "var/artifacts/dist") == ["out/dist/commit"]


@pytest.mark.parametrize(("pattern", "expected"), [
    ("a.whl", ["a.whl"]),
    ("*.whl", ["a.whl"]),
    ("?.whl", ["a.whl"]),
    ("**/*.whl", ["a.whl", "dist/b.whl", "dist/deep/c.whl"]),
    ("dist/**", ["dist/b.whl", "dist/deep/c.whl"]),
    ("dist", ["dist/b.whl", "dist/deep/c.whl"]),
    ("dist/*.whl", ["dist/b.whl"]),
    ("dist/**/c.whl", ["dist/deep/c.whl"]),
    ("[a].whl", []),
    ("a+whl", []),
])
def test_patterns(tmp_path: Path, pattern: str, expected: list[str]) -> None:
    for name in ("a.whl", "dist/b.whl", "dist/deep/c.whl", "dist/.hidden.whl", ".hidden/d.whl"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert sorted(map(str, artifacts.matching(pattern, tmp_path))) == expected
