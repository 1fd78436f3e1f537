"""The generated Jenkinsfile, read back by Groovy, says what the plan says and keeps the rules of Jenkins."""

from itertools import chain, combinations, product
from pathlib import Path

import pytest

from ci import definition, plan
from ci.adapters import jenkins
from ci.model import Pipeline, Stage, When
from tests.engines.jenkinsfile import Node, NotGroovy, Reader, commands, planned_commands
from tests.engines.jenkinsfile_conditions import PERSON, PUSH, TIMER, Start, branch, holds, pull_request, tag
from tests.engines.jenkinsfile_rules import problems

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
DEFINITIONS = ["tests/golden/small.toml", "tests/golden/full.toml", definition.FILE]


def generated(text: str) -> tuple[plan.Plan, str]:
    """The plan of a definition, and its Jenkinsfile."""
    read = definition.parse(text)
    compiled = plan.compile(read.pipeline)
    rendered = jenkins.render(compiled, read.engine_options("jenkins", jenkins.Options), {})
    return compiled, rendered.files["Jenkinsfile"]


@pytest.fixture(scope="module", params=DEFINITIONS)
def case(request: pytest.FixtureRequest, groovy: Reader) -> tuple[plan.Plan, Node]:
    """Plan and tree of a definition."""
    compiled, text = generated((ROOT / request.param).read_text())
    return compiled, groovy.read(text)


def stages(file: Node) -> list[Node]:
    """The stages of the top."""
    found = file.all("pipeline")[0].one("stages")
    assert found
    return found.all("stage")


def jobs(file: Node) -> dict[str, Node]:
    """The stages that have steps, by name."""
    return {node.value(0): node for node in file.walk() if node.name == "stage" and node.all("steps")}


def environment(node: Node) -> dict[str, str]:
    """The plain values of a section ``environment``."""
    lines = [line for section in node.all("environment") for line in section.body or ()]
    return {line.value(0): line.value(1) for line in lines if line.args[1].kind == "text"}


def secrets(node: Node) -> dict[str, str]:
    """The ids of the credentials in a section ``environment``."""
    lines = [line for section in node.all("environment") for line in section.body or ()]
    return {line.value(0): line.args[1].value.value(0) for line in lines if line.args[1].kind == "call"}


def test_the_file_keeps_every_rule(case: tuple[plan.Plan, Node]) -> None:
    """Neither Jenkins' validator nor a careful reader finds anything."""
    assert problems(case[1]) == []


def test_stages_stand_in_order_and_their_jobs_side_by_side(case: tuple[plan.Plan, Node]) -> None:
    """A stage of the plan is a stage; its jobs are parallel, unless it is its one job."""
    compiled, file = case
    found = [
        [node.value(0), [job.value(0) for each in node.all("parallel") for job in each.all("stage")]]
        for node in stages(file)
    ]
    alone = [stage.name for stage in compiled.stages if [job.name for job in stage.jobs] == [stage.name]]
    planned = [[stage.name, [job.name for job in stage.jobs if stage.name not in alone]] for stage in compiled.stages]
    assert found == planned


def test_every_command_is_the_plan_s(case: tuple[plan.Plan, Node]) -> None:
    """Each character of each shell text, in order, job by job."""
    compiled, file = case
    found = {name: commands(node) for name, node in jobs(file).items()}
    assert found == {job.name: planned_commands(job) for job in compiled.jobs}


def test_every_environment_is_the_plan_s(case: tuple[plan.Plan, Node]) -> None:
    """Pipeline and job together give the job's variables, and the job alone its secrets."""
    compiled, file = case
    (pipeline,) = file.all("pipeline")
    outer = environment(pipeline)
    assert outer == compiled.env and secrets(pipeline) == {}
    found = {name: (outer | environment(node), secrets(node)) for name, node in jobs(file).items()}
    planned = {job.name: (job.env, {secret.variable: secret.id for secret in job.secrets}) for job in compiled.jobs}
    assert found == planned


def test_files_are_kept_and_handed_on_as_the_plan_says(case: tuple[plan.Plan, Node]) -> None:
    """What is stashed is what a later job needs, or what two jobs keep under one name."""
    compiled, file = case
    for job in compiled.jobs:
        node = jobs(file)[job.name]
        (steps,) = node.all("steps")
        unstashed = [inner.value(0) for inner in steps.walk() if inner.name == "unstash"]
        assert [name for name in unstashed if name not in names(job)] == [artifact.name for artifact in job.inputs]
        reports = [inner.value("testResults") for inner in node.walk() if inner.name == "junit"]
        assert reports == [report.path for report in job.reports if report.kind == "junit"]


def names(job: plan.Job) -> set[str]:
    """The names of a job's own artifacts and reports."""
    return {artifact.name for artifact in job.artifacts} | {report.artifact for report in job.reports}


EVENTS = ("push", "pull-request", "schedule", "manual")
STARTS = [
    *(branch(name, cause) for name in ("main", "Main", "release/1", "main2", "xm") for cause in (PUSH, TIMER, PERSON)),
    branch("main", TIMER, PERSON),
    branch("main", PERSON, TOKEN="x"),
    branch("main", PUSH, TOKEN=""),
    *(tag(name, cause) for name in ("v1.0", "v10", "main", "latest") for cause in (PUSH, PERSON)),
    *(pull_request(7, cause) for cause in (PUSH, TIMER, PERSON)),
    pull_request(7, fork="someone", TOKEN="x"),
]


def event_of(start: Start) -> str:
    """The one event of a build: a pull request first, then a timer, then a person."""
    if "CHANGE_ID" in start.environment:
        return "pull-request"
    if TIMER in start.causes:
        return "schedule"
    return "manual" if PERSON in start.causes else "push"


def matches(patterns: tuple[str, ...], name: str) -> bool:
    """A name, or a beginning and ``*``."""
    return any(name.startswith(each[:-1]) if each.endswith("*") else name == each for each in patterns)


def meant(when: When, start: Start) -> bool:
    """What the definition says of a condition (docs/pipeline.md), without Jenkins' words."""
    tagged, request = "TAG_NAME" in start.environment, "CHANGE_ID" in start.environment
    name = start.environment["BRANCH_NAME"]
    on_branch = not tagged and not request and matches(when.branch, name)
    on_tag = tagged and matches(when.tag, name)
    return (
        (on_branch or on_tag or not (when.branch or when.tag))
        and (not when.event or event_of(start) in when.event)
        and all(start.properties.get(variable) for variable in when.variable)
    )


def every_when() -> list[When]:
    """All events with all kinds of branch, tag and variable."""
    events = chain.from_iterable(combinations(EVENTS, count) for count in range(5))
    branches = [(), ("main",), ("main*", "release/*"), ("*",), ("PR-7",)]
    tags = [(), ("v1.*",), ("*",), ("latest", "v1.0")]
    variables = [(), ("TOKEN",)]
    return [
        When(event=event, branch=on, tag=tagged, variable=variable)  # type: ignore[arg-type]
        for event, on, tagged, variable in product(events, branches, tags, variables)
    ]


def test_every_condition_means_what_the_definition_says(groovy: Reader) -> None:
    """640 conditions, 29 ways to start a build: each decided by the file as by the words of the definition."""
    conditions = [when for when in every_when() if when != When()]
    made = [Stage(name=f"s{number}", run=("true",), when=when) for number, when in enumerate(conditions)]
    compiled = plan.compile(Pipeline(version=1, name="conditions", stage=tuple(made)))
    file = groovy.read(jenkins.render(compiled, jenkins.Options(), {}).files["Jenkinsfile"])
    assert problems(file) == []
    found = [[holds(node.one("when"), start) for start in STARTS] for node in stages(file)]
    assert found == [[meant(when, start) for start in STARTS] for when in conditions]


def test_a_job_with_secrets_does_not_run_for_a_fork(groovy: Reader) -> None:
    """A pull request of the repository itself may see the secret, one from a fork not."""
    stage = Stage(name="a", run=("true",), secrets={"TOKEN": "token"})
    compiled = plan.compile(Pipeline(version=1, name="secrets", stage=(stage,)))
    (found,) = stages(groovy.read(jenkins.render(compiled, jenkins.Options(), {}).files["Jenkinsfile"]))
    starts = [branch("x"), pull_request(1), pull_request(1, fork="someone")]
    assert [holds(found.one("when"), start) for start in starts] == [True, True, False]


INNER = "stage('x') { parallel { stage('y') { agent any; steps { deleteDir() } } } }"
MISTAKES = {
    "two pipelines": ("pipeline {", "pipeline {}\npipeline {", "one pipeline block"),
    "code beside it": ("pipeline {", "def x = 1\npipeline {", "one pipeline block"),
    "no agent at the top": ("    agent none\n", "", "agent is missing"),
    "misspelt section": ("    triggers {", "    trigger {", "trigger is no section"),
    "secret for all": ("PIP_DISABLE_PIP_VERSION_CHECK = '1'", "X = credentials('x')", "environment of every stage"),
    "variable twice": ("PIP_DISABLE_PIP_VERSION_CHECK = '1'", "GREETING = '1'", "GREETING is set twice"),
    "interpolated variable": ("PIP_DISABLE_PIP_VERSION_CHECK = '1'", 'X = "${y}"', "X is neither a text"),
    "unknown option": ("skipDefaultCheckout()", "skipDefaultCheckouts()", "skipDefaultCheckouts is no section"),
    "limit of everything": ("skipDefaultCheckout()", "timeout(5)", "timeout is no section"),
    "deploy cut off": ("disableConcurrentBuilds()", "disableConcurrentBuilds(abortPrevious: true)", "end a running"),
    "unknown trigger": ("pollSCM(", "pollScm(", "pollScm is no section"),
    "agent of parallel stages": ("            parallel {", "            agent any\nparallel {", "can't have an agent"),
    "parallel in parallel": ("stage('lint') {", f"{INNER}\nstage('lint') {{", "parallel inside parallel"),
    "same name": ("stage('build')", "stage('lint')", "stands 2 times"),
    "no work": ("stage('lint') {", "stage('lint') { agent any }\nstage('z') {", "needs exactly one of steps"),
    "no agent": ("stage('build') {\n            agent {", "stage('build') {\n            options {", "no agent"),
    "asks too early": ("beforeInput true", "beforeOptions true", "asks before it knows"),
    "agent too early": ("beforeAgent true", "beforeOptions true", "takes an agent before it knows"),
    "branch of any case": ("branch comparator: 'EQUALS', pattern:", "branch pattern:", "ignores case"),
    "unknown condition": ("changeRequest()", "pullRequest()", "pullRequest is no condition"),
    "two in not": ("not { triggeredBy 'TimerTrigger' }", "not { buildingTag()\nchangeRequest() }", "not holds one"),
    "unknown post": ("cleanup { deleteDir() }", "finally_ { deleteDir() }", "finally_ is no section"),
    "empty post": ("post { cleanup { deleteDir() } }", "post { cleanup { } }", "cleanup is empty"),
    "interpolated command": ("script: 'python3 -m ci", 'script: "python3 ${x} -m ci', "must be a plain text"),
    "no limit": ("timeout(time: 10, unit: 'MINUTES')", "dir('x')", "a command without a time limit"),
    "tests decide": (", skipMarkingBuildUnstable: true", "", "junit would decide"),
    "stop not obeyed": (", catchInterruptions: false", "", "after a person stopped"),
    "unknown stash": ("unstash 'dist'", "unstash 'dits'", "nothing made the stash 'dits'"),
    "stage in steps": ("checkout scm", "stage('x') { checkout scm }", "needs exactly one of steps"),
    "unknown step": ("deleteDir()\n", "cleanWs()\n", "cleanWs is no step"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_rules_find_a_deliberate_mistake(mistake: str, groovy: Reader) -> None:
    """The rules are no decoration: each mistake in the full file is found."""
    old, new, expected = MISTAKES[mistake]
    _, text = generated((ROOT / "tests/golden/full.toml").read_text())
    assert old in text
    changed = text.replace(old, new, 1)
    if mistake == "interpolated command":
        changed = changed.replace("--python 3.13 .venv'", '--python 3.13 .venv"', 1)
    assert [problem for problem in problems(groovy.read(changed)) if expected in problem] != []


def test_text_that_is_not_groovy_is_an_error(groovy: Reader) -> None:
    """The reader tells a broken file from an empty one."""
    with pytest.raises(NotGroovy):
        groovy.read("pipeline {")
    with pytest.raises(NotGroovy):
        groovy.read("// C:\\users\npipeline {}")
