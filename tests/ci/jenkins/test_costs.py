"""How many requests the usual tasks cost: a busy server thanks for each that is not made."""

from ci.jenkins import JenkinsClient
from tests.fakes.jenkins import JenkinsDouble

PARAMETERS = ["A", "B", "C", "D"]


def test_trigger_and_wait(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    """Definitions, POST, queue, then looks at the end of the estimate: python-jenkins takes 22."""
    job = jenkins.add_job("app", PARAMETERS)
    job.add_build(duration=30.0)
    client.run("app", {"A": "1"})
    assert len(jenkins.requests) <= 8


def test_the_last_hundred_builds(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    job = jenkins.add_job("app", PARAMETERS)
    for _ in range(250):
        job.add_build(dict.fromkeys(PARAMETERS, "value"))
    assert len(client.builds("app")) == 100
    assert len(jenkins.requests) == 1


def test_the_newest_green_build(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app").add_build()
    client.latest("app")
    assert len(jenkins.requests) == 1


def test_trigger_and_follow_the_log(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    """Beside the log itself: the trigger's requests, and one for the result."""
    jenkins.add_job("app").on_trigger(log=b"line\n" * 100_000, duration=30.0)
    client.run("app", log=lambda text: None)
    polls = sum("progressiveText" in call for call in jenkins.calls)
    after_the_start = jenkins.calls[next(n for n, call in enumerate(jenkins.calls) if "progressiveText" in call):]
    assert len(after_the_start) == polls + 1


def test_a_thousand_jobs_in_a_hundred_and_ten_folders(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    for folder in range(100):
        for job in range(10):
            jenkins.add_job(f"team-{folder % 10}/project-{folder}/job-{job}")
    assert len(client.jobs()) == 1110
    assert len(jenkins.requests) == 1
