"""The double tells of logs, stages, tests and artifacts."""

import io
import zipfile
from collections.abc import Iterator

from tests.fakes.jenkins import Case, JenkinsDouble, Stage
from tests.fakes.jenkins_double.browser import Browser

PLAIN = "job/plain/build"


def follow(browser: Browser, path: str, pause: float) -> Iterator[tuple[str, int, bool]]:
    """Text, next offset and whether there is more, poll by poll."""
    start, more = 0, True
    while more:
        answer = browser.ask(f"GET {path}/logText/progressiveText?start={start}")
        start, more = int(answer.headers["X-Text-Size"]), "X-More-Data" in answer.headers
        yield answer.content.decode("latin-1"), start, more
        browser.jenkins.clock.advance(pause)


def test_a_log_grows(jenkins: JenkinsDouble, browser: Browser) -> None:
    """No file yet, pieces that split a character and a line's end, a last poll without text, then CRLF throughout."""
    pieces = [(2, b"one\ncaf\xc3"), (4, b"\xa9\r"), (6, b"\nend\n")]
    jenkins.add_job("plain").on_trigger(quiet=0, duration=8, log=pieces)
    browser.ask("POST " + PLAIN)
    browser.json("api/json")
    assert list(follow(browser, "job/plain/1", 1.99)) == [
        ("", 0, True),
        ("one\r\ncaf\xc3", 8, True),
        ("\xa9\r", 10, True),
        ("\r\nend\r\n", 15, True),
        ("", 15, False),
    ]
    assert browser.ask("GET job/plain/1/consoleText").content == b"one\ncaf\xc3\xa9\r\nend\n"
    assert browser.ask("GET job/plain/1/logText/progressiveText?start=99").headers["X-Text-Size"] == "15"


def test_a_log_in_parts(jenkins: JenkinsDouble, browser: Browser) -> None:
    """The newer form counts from the end and keeps LF."""
    jenkins.add_job("app").add_build(log=b"one\ntwo\n")
    answer = browser.ask(
        "GET job/app/1/logText/progressiveText?start=-4", headers={"Accept": "multipart/form-data"}
    )
    assert b"\r\n\r\ntwo\n\r\n--" in answer.content
    assert b'{"completed": true, "start": 4, "end": 8}' in answer.content


def test_stages(jenkins: JenkinsDouble, browser: Browser) -> None:
    """As they go, and with the log at the step; 404 without the plugin."""
    app = jenkins.add_job("app")
    app.on_trigger(quiet=0, stages=[Stage("build", 5), Stage("test", 5, "FAILED", b"boom\n", "exit 1")])
    browser.ask("POST job/app/build")
    seen = []
    for _ in range(3):
        browser.json("api/json")
        seen.append([(one["name"], one["status"]) for one in browser.json("job/app/1/wfapi/describe")["stages"]])
        jenkins.clock.advance(5)
    assert seen == [
        [("build", "IN_PROGRESS")],
        [("build", "SUCCESS"), ("test", "IN_PROGRESS")],
        [("build", "SUCCESS"), ("test", "FAILED")],
    ]
    stage = browser.json("job/app/1/wfapi/describe")["stages"][1]
    step = browser.json(f"job/app/1/execution/node/{stage['id']}/wfapi/describe")["stageFlowNodes"][0]
    assert stage["error"] == {"message": "exit 1", "type": "hudson.AbortException"}
    assert browser.json(f"job/app/1/execution/node/{step['id']}/wfapi/log")["text"] == "boom\n"
    assert browser.json("job/app/1/stages/tree")["data"]["stages"][1]["state"] == "failure"
    del jenkins.plugins["pipeline-stage-view"]
    assert browser.ask("GET job/app/1/wfapi/describe").status_code == 404


def test_reports_of_tests(jenkins: JenkinsDouble, browser: Browser) -> None:
    """Totals and cases; 404 when there are none."""
    app = jenkins.add_job("app")
    app.add_build(tests=[Case("pkg.T", "works"), Case("pkg.T", "fails", "REGRESSION", error="1 != 2")])
    app.add_build()
    report = browser.json("job/app/1/testReport/api/json?tree=failCount,passCount,suites[cases[name,status]]")
    assert report == {
        "_class": "hudson.tasks.junit.TestResult",
        "failCount": 1,
        "passCount": 1,
        "suites": [{"cases": [{"name": "works", "status": "PASSED"}, {"name": "fails", "status": "REGRESSION"}]}],
    }
    assert browser.ask("GET job/app/2/testReport/api/json").status_code == 404


def test_artifacts(jenkins: JenkinsDouble, browser: Browser) -> None:
    """Whole, compressed, in part, as zip, and from another host without credentials."""
    files = {"dist/büro a.txt": b"hello", "../../evil": b"no"}
    jenkins.add_job("app").add_build(artifacts=files)
    listed = browser.json("job/app/1/api/json?tree=artifacts[fileName,relativePath]")["artifacts"]
    assert [one["relativePath"] for one in listed] == list(files)
    path = "GET job/app/1/artifact/dist/b%C3%BCro%20a.txt"
    assert browser.ask(path).content == b"hello"
    assert browser.ask(path, headers={"Range": "bytes=1-2"}).content == b"el"
    zipped = browser.ask("GET job/app/1/artifact/dist/*zip*/dist.zip").content
    assert zipfile.ZipFile(io.BytesIO(zipped)).namelist() == ["dist/büro a.txt"]
    jenkins.gzip_artifacts = True
    assert browser.ask(path).headers["Content-Encoding"] == "gzip" and browser.ask(path).content == b"hello"
    jenkins.keep_artifacts_elsewhere()
    assert browser.ask(path, allow_redirects=True).content == b"hello"
    assert browser.ask("GET job/app/1/artifact/nothing").status_code == 404
