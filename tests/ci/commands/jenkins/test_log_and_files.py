"""``ci jenkins log`` and ``download``."""

import json

from tests.ci.commands.jenkins.console import Console
from tests.ci.commands.jenkins.shell import Shell
from tests.fakes.jenkins import JenkinsDouble, Outcome

LOG = b"one\ntwo \xc3\xa4\r\n\xff three\nfour\n"
TEXT = LOG.decode(errors="surrogateescape")


def test_the_log_of_a_build_that_has_ended(jenkins: JenkinsDouble, console: Console) -> None:
    jenkins.add_job("app").add_build(log=LOG)
    assert console("log", "app").stdout.encode(errors="surrogateescape") == LOG.replace(b"\r\n", b"\n")
    assert console("log", "app", "--tail", "1").stdout == "four\n"
    assert console("log", "app", "--tail", "2").stdout == TEXT[TEXT.index("\udcff"):]
    assert console("log", "app", "1", "-f", "-n", "0").stdout == ""
    assert json.loads(console("log", "app", "--json").stdout)["log"].splitlines()[-1] == "four"


def test_the_log_so_far_and_what_follows(jenkins: JenkinsDouble, ci: Shell) -> None:
    grows = Outcome(duration=30.0, log=[(0.0, b"one\ntwo\n"), (25.0, b"three\n")])
    jenkins.add_job("app").start(jenkins.clock.now(), grows, {})
    assert ci("log", "app").stdout == "one\ntwo\n"
    with ci.start("log", "app", "-f", "--tail", "1") as process:
        assert process.stdout
        assert process.stdout.readline() == "two\n"
        jenkins.clock.advance(30.0)
        assert process.stdout.read() == "three\n"
    assert process.returncode == 0


def test_download_saves_what_matches_and_says_where(jenkins: JenkinsDouble, console: Console) -> None:
    files = {"dist/\u00e4pp 1.tar": b"tar", "reports/a/junit.xml": b"<a/>", "junit.xml": b"<b/>"}
    jenkins.add_job("app").add_build(artifacts=files)
    done = console("download", "app", "stable", "-p", "*.xml", "-D", "out")
    assert (done.returncode, sorted(done.stdout.splitlines())) == (0, ["out/junit.xml", "out/reports/a/junit.xml"])
    told = json.loads(console("download", "app", "-p", "dist/*", "--json").stdout)
    assert told["files"] == [{"artifact": "dist/äpp 1.tar", "file": "dist/äpp 1.tar"}]
    assert (console.folder / "dist/äpp 1.tar").read_bytes() == b"tar"
    assert console("download", "app", "-p", "*.zip").returncode == 3


def test_a_directory_whose_name_is_no_text(jenkins: JenkinsDouble, console: Console) -> None:
    """JSON is UTF-8, names of files are bytes."""
    jenkins.add_job("app").add_build(artifacts={"a.txt": b"a"})
    told = json.loads(console("download", "app", "-D", "\udcff", "--json").stdout)
    assert told["files"] == [{"artifact": "a.txt", "file": "\ufffd/a.txt"}]
    assert (console.folder / "\udcff" / "a.txt").read_bytes() == b"a"


def test_nothing_is_written_outside_of_the_destination(jenkins: JenkinsDouble, console: Console) -> None:
    jenkins.add_job("app").add_build(artifacts={"../evil": b"x"})
    done = console("download", "app", "-D", "out")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert not (console.folder / "evil").exists()
