"""No process of a job outlives it: after success, at the time limit, after Ctrl-C, when the runner is killed."""

import errno
import os
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from ci import runner
from ci.runner import descendants, execution, output
from ci.runner.interrupt import Interrupt
from tests.ci.runner.project import Project, Recorder
from tests.processes import is_alive, until

Start = Callable[[str], subprocess.Popen[str]]

#: A process in a session of its own that ignores polite requests, writes its id to a file and holds the output open.
STUBBORN = "setsid sh -c 'trap \"\" TERM; echo $$ > $DIR/pid; while :; do sleep 0.1; done' &"
WAIT = "until test -s $DIR/pid; do sleep 0.01; done"


def written(file: Path) -> bool:
    """Whether a job has written its line."""
    return file.exists() and file.read_text().endswith("\n")


def one_job(*commands: str, folder: Path, more: str = "") -> str:
    """A pipeline of one job; ``$DIR`` in its commands is ``folder``."""
    texts = ", ".join(f"'''{command}'''" for command in commands).replace("$DIR", str(folder))
    return f"[[stage]]\nname = 'job'\n{more}\nrun = [{texts}]"


@pytest.fixture
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience of a moment before SIGKILL."""
    monkeypatch.setattr(execution.Execution.end, "__kwdefaults__", {"grace": 0.3})


@pytest.mark.usefixtures("short_grace")
def test_what_a_job_leaves_behind_is_ended_even_in_a_session_of_its_own(project: Project, tmp_path: Path) -> None:
    run = project.run(one_job(STUBBORN, WAIT, "sleep 100 & echo done", folder=tmp_path))
    assert run.results == {"job": "success"}
    assert not is_alive(int((tmp_path / "pid").read_text()))
    assert "left behind" in run.shown.output["job"].splitlines()[-1]


@pytest.mark.usefixtures("short_grace")
def test_a_full_disk_fails_the_job_and_ends_its_processes(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log takes what comes before the line `full`."""

    def emit(_output: output.Output, text: str) -> None:
        if text.startswith("full\n"):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(output.Output, "_emit", emit)
    stubborn = STUBBORN.replace("do sleep", "do echo full; sleep")
    run = project.run(one_job(stubborn, WAIT, "sleep 100", folder=tmp_path))
    assert run.job["job"].note == "[Errno 28] No space left on device"
    assert not is_alive(int((tmp_path / "pid").read_text()))


def test_a_background_process_lives_until_the_end_of_the_job_and_its_output_is_kept(project: Project) -> None:
    assert project.text(
        "(until test -e go; do sleep 0.01; done; echo from the background; touch gone) &",
        "touch go; until test -e gone; do sleep 0.01; done; echo end",
    ) == ["from the background", "end"]


@pytest.mark.parametrize("last", ["true", "false"])
def test_a_background_process_serves_all_later_commands_and_is_ended_with_the_job(
    project: Project, tmp_path: Path, last: str
) -> None:
    run = project.run(one_job("sleep 1000 & echo $! > $DIR/pid", "kill -0 $(cat $DIR/pid)", last, folder=tmp_path))
    assert run.job["job"].exit_code == (last == "false")
    assert not is_alive(int((tmp_path / "pid").read_text()))


def test_a_background_process_that_holds_the_output_does_not_hold_the_job(project: Project) -> None:
    assert project.text("yes > /dev/null & sleep 100 & echo done") == ["done"]


def test_a_process_without_the_cookie_in_its_own_session_outlives_the_job(project: Project, tmp_path: Path) -> None:
    project.text(f"env -u CI_JOB_COOKIE setsid sleep 100 > /dev/null 2>&1 & echo $! > {tmp_path}/pid; sleep 0.2")
    pid = int((tmp_path / "pid").read_text())
    assert is_alive(pid)
    os.kill(pid, signal.SIGKILL)


@pytest.mark.usefixtures("short_grace")
def test_the_time_limit_ends_the_whole_job_also_what_ignores_the_request(project: Project, tmp_path: Path) -> None:
    run = project.run(one_job(
        STUBBORN, WAIT, "echo waiting; trap '' TERM; exec sleep 100", folder=tmp_path, more="timeout = '2s'"
    ))
    assert run.results == {"job": "timed-out"}
    said = [line for line in run.said("job") if line != "Killed"]  # which a shell may still say of its child
    assert said == ["waiting"]
    assert not is_alive(int((tmp_path / "pid").read_text()))


def test_at_the_time_limit_a_job_may_say_its_last_words(project: Project) -> None:
    run = project.run(one_job(
        "trap 'echo tidied up; exit 1' TERM; echo begun; sleep 100 & wait", folder=project.root,
        more="timeout = '2s'",
    ))
    assert "tidied up" in run.said("job"), run.said("job")


def test_older_processes_are_asked_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell whose child is gone before it comes to its end by itself, at times without its last words."""
    asked: list[int] = []
    monkeypatch.setattr(os, "kill", lambda pid, number: asked.append(pid))
    descendants.send([70, 9, 8], signal.SIGTERM)
    assert asked == [8, 9, 70]


@pytest.mark.parametrize("script", [
    "setsid sleep 77 & :",
    "(setsid sh -c 'sleep 77 & sleep 77 &') & :",
    "setsid sh -c 'exec sh -c \"exec sleep 77\"' & :",
])
def test_no_process_slips_through_while_it_is_being_born(tmp_path: Path, script: str) -> None:
    """Between fork, exec and the end of its parent a process is hard to see; tried often, as it is a matter of luck."""
    (tmp_path / "script").write_text(f"{script} echo")
    own = f"{uuid.uuid4().hex}/"  # the same test may run beside this one, on another Python
    for attempt in range(25):
        cookie = f"{own}{attempt}/"
        made = execution.Execution(
            cwd=tmp_path, env={**os.environ, "CI_JOB_COOKIE": cookie}, cookie=cookie,
            deadline=time.monotonic() + 60, interrupt=Interrupt(), feed=lambda _data: None,
        )
        made.step(tmp_path / "script")
        made.end()
        made.close()
    time.sleep(0.1)  # a process that slipped through is in sight now
    assert descendants.alive(own) == set()


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_every_process_and_the_run(
    project: Project, start: Start, tmp_path: Path, number: int, exit_code: int
) -> None:
    process = start(one_job("setsid sleep 100 & echo $! > $DIR/pid; sleep 100", folder=tmp_path) + """
        [[stage]]
        name = "later"
        run = ["true"]
    """)
    until(lambda: written(tmp_path / "pid"))
    process.send_signal(number)
    output, _ = process.communicate()
    assert process.returncode == exit_code, output
    assert not is_alive(int((tmp_path / "pid").read_text()))
    assert "job | cancelled" in output
    assert "later | not-run: interrupted" in output
    assert list((project.root / "var/runs").iterdir()) == []


def test_a_signal_that_does_not_wake_the_main_thread_is_seen_all_the_same(project: Project, tmp_path: Path) -> None:
    """Here another thread gets it; a signal that comes just before the main thread begins to wait is as silent."""

    def interrupt() -> None:
        until((tmp_path / "begun").exists)
        signal.raise_signal(signal.SIGINT)

    sender = threading.Thread(target=interrupt)
    sender.start()
    run = project.run(one_job("touch $DIR/begun; sleep 30", folder=tmp_path))
    sender.join()
    assert (run.results, run.result.exit_code) == ({"job": "cancelled"}, 130)


def test_a_second_interrupt_ends_at_once_what_ignores_the_first(
    project: Project, start: Start, tmp_path: Path
) -> None:
    process = start(one_job(STUBBORN, WAIT, "sleep 100", folder=tmp_path))
    assert process.stdout
    until(lambda: written(tmp_path / "pid"))
    process.send_signal(signal.SIGINT)
    while "interrupted: ending the job" not in process.stdout.readline():
        pass
    assert is_alive(int((tmp_path / "pid").read_text()))
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert process.returncode == 130
    assert not is_alive(int((tmp_path / "pid").read_text()))


def test_after_kill_9_of_the_runner_the_next_run_tidies_up_and_says_so(
    project: Project, start: Start, tmp_path: Path
) -> None:
    process = start(one_job("setsid sleep 100 & echo $! > $DIR/pid; sleep 100", folder=tmp_path))
    until(lambda: written(tmp_path / "pid"))
    process.kill()
    process.wait()
    pid = int((tmp_path / "pid").read_text())
    assert is_alive(pid)
    left = next((project.root / "var/runs").iterdir()).name
    run = project.run(one_job("true", folder=tmp_path))
    assert run.shown.notes == [f"an earlier run was killed: removed its folder {left} and ended 3 of its processes"]
    assert not is_alive(pid)
    assert list((project.root / "var/runs").iterdir()) == []


def test_a_process_belongs_to_the_run_inside_a_job_and_to_the_run_around_it() -> None:
    own = uuid.uuid4().hex  # the same test may run beside this one, on another Python
    outer, inner = f"{own}-outer/job-1/", f"{own}-inner/job/"
    with subprocess.Popen(["sleep", "100"], env={**os.environ, "CI_JOB_COOKIE": f"{outer}:{inner}"}) as process:
        found = [descendants.alive(cookie) for cookie in (outer, inner, outer.replace("1", "2"), "sleep")]
        process.kill()
    assert found == [{process.pid}, {process.pid}, set(), set()]


def test_two_runs_at_the_same_time_both_work_and_leave_each_other_alone(project: Project, tmp_path: Path) -> None:
    other: list[dict[str, str]] = []
    shown = Recorder()
    pipeline = one_job("touch $DIR/begun; until test -e $DIR/go; do sleep 0.01; done", folder=tmp_path)
    first = threading.Thread(target=lambda: other.append(
        {job.name: job.result for job in runner.run(project.plan(pipeline), project.root, display=shown).jobs}
    ))
    first.start()
    run = project.run(one_job("until test -e $DIR/begun; do sleep 0.01; done; touch $DIR/go", folder=tmp_path))
    first.join()
    assert [*other, run.results] == [{"job": "success"}, {"job": "success"}]
    assert run.shown.notes == shown.notes == []


def test_a_reader_that_goes_away_ends_the_run(project: Project, start: Start, tmp_path: Path) -> None:
    process = start(one_job("echo $$ > $DIR/pid; yes", folder=tmp_path))
    assert process.stdout
    until(lambda: written(tmp_path / "pid"))
    process.stdout.close()
    assert process.wait() == 128 + signal.SIGPIPE
    assert not is_alive(int((tmp_path / "pid").read_text()))


def test_a_terminal_that_takes_nothing_more_keeps_no_process_alive(
    project: Project, start: Start, tmp_path: Path
) -> None:
    process = start(one_job("echo $$ > $DIR/pid; yes", folder=tmp_path))
    until(lambda: written(tmp_path / "pid"))
    process.send_signal(signal.SIGTERM)  # nobody reads its output
    until(lambda: not is_alive(int((tmp_path / "pid").read_text())))
    process.communicate()
    assert process.returncode == 143


def test_input_is_empty_and_there_is_no_terminal(project: Project) -> None:
    assert project.text("cat; (: < /dev/tty) 2> /dev/null || echo no terminal") == ["no terminal"]
