"""The ten rules that mean the same on the laptop and on every engine."""

from pathlib import Path

import pytest

from ci.runner import Options
from tests.ci.runner.project import Project


def test_every_job_starts_from_a_fresh_checkout_and_shares_no_files(project: Project) -> None:
    run = project.run("""
        [[stage]]
        name = "first"
        run = ["echo changed > README; touch new; cat README"]
        [[stage]]
        name = "second"
        run = ["cat README; ls"]
    """)
    assert run.said("first") == ["changed"]
    assert run.said("second") == ["read me", "README"]
    assert (project.root / "README").read_text() == "read me\n"


def test_every_command_is_a_step_under_sh_e_and_the_first_failure_ends_the_job(project: Project) -> None:
    run = project.run("""
        [[stage]]
        name = "job"
        run = ["cd /; echo one", "echo ${PWD##*/}; false | true; echo two", "(exit 7); echo three", "echo four"]
    """)
    assert run.said("job") == ["one", "checkout", "two"]
    assert run.job["job"].exit_code == 7
    assert run.job["job"].note == "exit code 7: (exit 7); echo three"
    assert run.exit_code == 1


def test_jobs_of_a_stage_do_not_cancel_each_other_and_a_failed_stage_stops_the_later_ones(project: Project) -> None:
    run = project.run("""
        [[stage]]
        name = "check"
        [[stage.job]]
        name = "bad"
        run = ["false"]
        [[stage.job]]
        name = "good"
        run = ["sleep 0.3"]
        [[stage]]
        name = "later"
        run = ["true"]
    """)
    assert run.results == {"bad": "failure", "good": "success", "later": "not-run"}
    assert run.job["later"].note == "after the failure of bad"
    assert run.result.result == "failure"


def test_keep_going_runs_later_stages_and_the_verdict_stays_failed(project: Project) -> None:
    pipeline = '[[stage]]\nname = "bad"\nrun = ["false"]\n[[stage]]\nname = "later"\nrun = ["true"]'
    run = project.run(pipeline, Options(keep_going=True))
    assert run.results == {"bad": "failure", "later": "success"}
    assert run.exit_code == 1


@pytest.mark.parametrize("command", ["true", "false"])
def test_reports_are_kept_after_success_and_failure(project: Project, command: str) -> None:
    project.run(f"""
        [[stage]]
        name = "test"
        run = ["mkdir out; echo '<x/>' > out/junit.xml", "{command}"]
        reports = {{ junit = "out/junit.xml" }}
    """)
    assert (project.root / "reports/test/junit.xml").read_text() == "<x/>\n"


def test_artifacts_are_kept_after_success_only(project: Project) -> None:
    run = project.run("""
        [[stage]]
        name = "build"
        run = ["mkdir dist; echo x > dist/x", "false"]
        artifacts = { dist = ["dist/*"] }
    """)
    assert run.results == {"build": "failure"}
    assert not (project.root / "var/artifacts/dist").exists()


def test_the_time_limit_is_for_the_whole_job_with_its_set_up(project: Project) -> None:
    run = project.run("""
        [[stage]]
        name = "slow"
        timeout = "2s"
        setup = ["sleep 1.2"]
        run = ["echo begun; exec sleep 20"]
    """)
    assert run.results == {"slow": "timed-out"}
    assert run.said("slow") == ["begun"]
    assert run.job["slow"].note == "time limit of 2 s; for twice the time: --timeout-scale 2"


def test_time_limits_can_be_scaled(project: Project) -> None:
    pipeline = '[[stage]]\nname = "slow"\ntimeout = "1s"\nrun = ["sleep 1.2"]'
    assert project.run(pipeline, Options(timeout_scale=20)).results == {"slow": "success"}


def test_retry_repeats_one_command_and_ends_with_the_last_exit_code(project: Project, tmp_path: Path) -> None:
    count = tmp_path / "count"
    run = project.run(f"""
        [[stage]]
        name = "flaky"
        retry = 2
        run = ["echo x >> {count}; exit $((40 + $(wc -l < {count})))"]
    """)
    assert count.read_text() == "x\nx\nx\n"
    assert run.job["flaky"].exit_code == 43


def test_a_secret_is_in_the_environment_of_the_job_that_names_it_and_nowhere_else(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "hunter22")
    run = project.run("""
        [[stage]]
        name = "check"
        [[stage.job]]
        name = "with"
        run = ['test "$TOKEN" = hunter22; echo "it is $TOKEN"']
        secrets = { TOKEN = "token" }
        [[stage.job]]
        name = "without"
        run = ['echo "it is ${TOKEN-unset}"']
    """)
    assert run.results == {"with": "success", "without": "success"}
    assert run.said("with") == ["it is ***"]
    assert run.said("without") == ["it is unset"]
    files = [path for path in project.root.rglob("*") if path.is_file()]
    assert "hunter22" not in "".join(path.read_text(errors="replace") for path in files)


def test_a_condition_that_does_not_hold_skips_the_job_and_later_stages_go_on(project: Project) -> None:
    run = project.run("""
        [[stage]]
        name = "release"
        when = { branch = ["release-*"] }
        run = ["false"]
        [[stage]]
        name = "later"
        run = ["true"]
    """)
    assert run.results == {"release": "skipped", "later": "success"}
    assert run.job["release"].note == "only for branch release-*; this is branch main"
    assert run.exit_code == 0


def test_an_allowed_failure_is_shown_and_the_run_stays_green(project: Project) -> None:
    run = project.run("""
        [[stage]]
        name = "audit"
        allow-failure = true
        run = ["false"]
        [[stage]]
        name = "later"
        run = ["true"]
    """)
    assert run.results == {"audit": "failure", "later": "success"}
    assert run.job["audit"].allowed
    assert run.exit_code == 0


def test_names_are_those_of_the_plan(project: Project) -> None:
    run = project.run("""
        [[stage]]
        name = "test"
        matrix = { shard = [1, 2] }
        run = ["echo $MATRIX_SHARD > part"]
        artifacts = { part = ["part"] }
    """)
    assert [(job.name, job.slug) for job in run.result.jobs] == [("test (1)", "test-1"), ("test (2)", "test-2")]
    assert (project.root / "var/artifacts/part-2/part").read_text() == "2\n"
    assert run.job["test-2"].log == "reports/test-2/log.txt"


def test_jobs_of_a_stage_run_side_by_side_and_exclusive_ones_alone(project: Project) -> None:
    run = project.run("""
        [[stage]]
        name = "check"
        [[stage.job]]
        name = "alone"
        exclusive = true
        run = ["true"]
        [[stage.job]]
        name = "one"
        run = ["until test -e $DIR/two; do sleep 0.01; done; touch $DIR/one"]
        [[stage.job]]
        name = "two"
        run = ["touch $DIR/two; until test -e $DIR/one; do sleep 0.01; done"]
    """.replace("$DIR", str(project.root.parent)), Options(jobs=2))
    assert run.results == {"alone": "success", "one": "success", "two": "success"}
    assert run.shown.order[-4:] == ["alone begins", "alone ends", "finished", "closed"]


def test_jobs_learn_what_is_built_from_their_environment(project: Project) -> None:
    head = project.git("rev-parse", "HEAD")
    say = 'echo "$CI $CI_COMMIT ${CI_DIRTY-clean}"'
    assert project.text(say) == [f"true {head} clean"]
    project.write({"README": "changed"})
    assert project.text(say) == [f"true {head} 1"]
