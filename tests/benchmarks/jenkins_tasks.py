"""Five tasks that people have with a Jenkins, as each client for Python does them by its own documentation.

T1 trigger a build and wait for its end, T2 the newest 100 of 250 builds with result, duration and parameters, T3 the
newest stable build, T4 follow a log that grows to 5 MB in 30 s, T5 list 1,000 jobs in 110 folders.
"""

import itertools
from collections.abc import Callable, Iterable
from typing import Any

from ci.jenkins import JenkinsClient
from tests.fakes.jenkins import JenkinsDouble

LINE = b"x" * 79 + b"\n"
PIECES, SECONDS = 30, 30

#: Seconds between looks of a client that leaves waiting to its user.
PAUSE = 2.0


def prepare(jenkins: JenkinsDouble, task: str) -> None:
    """What the server holds before a task."""
    if task == "T5":
        for number in range(1000):
            jenkins.add_job(f"team-{number % 10}/project-{number // 10 % 10}/job-{number:03}")
        return
    parameters = [f"P{number}" for number in range(4)] if task == "T2" else []
    app = jenkins.add_job("app", parameters)
    for number in range({"T2": 250, "T3": 20}.get(task, 5)):
        result = "FAILURE" if task == "T3" and number % 3 else "SUCCESS"
        app.add_build({name: str(number) for name in parameters}, result=result, duration=30)
    if task == "T4":
        step = 5_000_000 // PIECES // len(LINE)
        pieces = [(number * SECONDS / (PIECES - 1), LINE * step) for number in range(PIECES)]
        app.on_trigger(quiet=0, duration=SECONDS, log=pieces)
    else:
        app.on_trigger(quiet=5, duration=30, log=b"done\n")


def consume(items: Iterable[object]) -> None:
    """Take all of something."""
    for _item in items:
        pass


def ours(jenkins: JenkinsDouble) -> dict[str, Callable[[], object]]:
    """ci.jenkins."""
    client = JenkinsClient(
        jenkins.url, jenkins.user, jenkins.token, sleep=jenkins.clock.sleep, clock=jenkins.clock.now
    )
    return {
        "T1": lambda: client.run("app"),
        "T2": lambda: client.builds("app", limit=100),
        "T3": lambda: client.latest("app", "stable"),
        "T4": lambda: client.run("app", log=lambda text: None),
        "T5": lambda: client.jobs(),
    }


def python_jenkins(jenkins: JenkinsDouble) -> dict[str, Callable[[], object]]:
    """python-jenkins, which has no wait."""
    import jenkins as package

    client = package.Jenkins(jenkins.url, jenkins.user, jenkins.token, timeout=30)

    def started() -> int:
        queued = client.build_job("app")
        while not (item := client.get_queue_item(queued)).get("executable"):
            jenkins.clock.sleep(PAUSE)
        return int(item["executable"]["number"])

    def wait() -> None:
        number = started()
        while client.get_build_info("app", number)["building"]:
            jenkins.clock.sleep(PAUSE)

    def follow() -> None:
        number = started()
        while client.get_build_info("app", number)["building"]:
            client.get_build_console_output("app", number)
            jenkins.clock.sleep(PAUSE)
        client.get_build_console_output("app", number)

    def newest() -> None:
        for build in client.get_job_info("app")["builds"][:100]:
            client.get_build_info("app", build["number"])

    return {
        "T1": wait,
        "T2": newest,
        "T3": lambda: client.get_build_info("app", client.get_job_info("app")["lastStableBuild"]["number"]),
        "T4": follow,
        "T5": lambda: client.get_all_jobs(),
    }


def jenkinsapi(jenkins: JenkinsDouble) -> dict[str, Callable[[], object]]:
    """jenkinsapi."""
    from jenkinsapi.jenkins import Jenkins

    def server() -> Any:
        return Jenkins(jenkins.url, jenkins.user, jenkins.token)

    def newest() -> None:
        app = server()["app"]
        for number in itertools.islice(app.get_build_ids(), 100):
            build = app.get_build(number)
            build.get_status(), build.get_duration(), build.get_params()

    def follow() -> None:
        item = server()["app"].invoke(build_params={})
        item.block_until_building(delay=PAUSE)
        consume(item.get_build().stream_logs(interval=1))

    return {
        "T1": lambda: server()["app"].invoke(build_params={}).block_until_complete(delay=PAUSE),
        "T2": newest,
        "T3": lambda: server()["app"].get_last_good_build(),
        "T4": follow,
        "T5": lambda: len(list(server().get_jobs())),
    }


def api4jenkins(jenkins: JenkinsDouble) -> dict[str, Callable[[], object]]:
    """api4jenkins, which leaves waiting to its user."""
    from api4jenkins import Jenkins

    client = Jenkins(jenkins.url, auth=(jenkins.user, jenkins.token))

    def started() -> Any:
        item = client.build_job("app")
        while not (build := item.get_build()):
            jenkins.clock.sleep(PAUSE)
        return build

    def wait() -> None:
        build = started()
        while build.building:
            jenkins.clock.sleep(PAUSE)

    def newest() -> None:
        for build in itertools.islice(client.get_job("app").iter_all_builds(), 100):
            build.result, build.duration, build.get_parameters()

    return {
        "T1": wait,
        "T2": newest,
        "T3": lambda: client.get_job("app").get_last_stable_build(),
        "T4": lambda: consume(started().progressive_output()),
        "T5": lambda: consume(client.iter(depth=3)),
    }


CLIENTS: dict[str, Callable[[JenkinsDouble], dict[str, Callable[[], object]]]] = {
    "ci.jenkins": ours,
    "python-jenkins": python_jenkins,
    "jenkinsapi": jenkinsapi,
    "api4jenkins": api4jenkins,
}
