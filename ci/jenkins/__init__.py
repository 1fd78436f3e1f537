"""Trigger, follow and question Jenkins jobs: python-jenkins with its defects put right, and what it lacks.

    from ci.jenkins import from_env

    build = from_env().run("folder/app", {"ENVIRONMENT": "staging"}, branch="feature/login", log=print)
    raise SystemExit(build.exit_code)

Importing this imports python-jenkins, which takes a while: do it late.
"""

from ci.jenkins.build_contents import (
    Artifact, InputRequest, LogPart, Stage, StageHeading, StageStatus, TestCase, TestReport,
)
from ci.jenkins.client import JenkinsClient
from ci.jenkins.environment import from_env
from ci.jenkins.errors import (
    AuthError, BadParameters, BuildFailed, JenkinsError, NotBuildable, NotFound, PermissionDenied, QueueCancelled,
    QueueExpired, Refused, ServerError, TimedOut, TriggerUncertain, Unavailable, WaitTimeout,
)
from ci.jenkins.job_xml import Repository, multibranch, pipeline_from_scm, pipeline_from_text
from ci.jenkins.parameters import Secret
from ci.jenkins.results import (
    Build, Given, JobChange, JobSummary, Kind, LintResult, Parameter, ParameterValue, Queued, Result, ServerStatus,
    StopMode, TestCounts,
)

__all__ = [
    "Artifact", "AuthError", "BadParameters", "Build", "BuildFailed", "Given", "InputRequest", "JenkinsClient",
    "JenkinsError", "JobChange", "JobSummary", "Kind", "LintResult", "LogPart", "NotBuildable", "NotFound",
    "Parameter", "ParameterValue", "PermissionDenied", "QueueCancelled", "QueueExpired", "Queued", "Refused",
    "Repository", "Result", "Secret", "ServerError", "ServerStatus", "Stage", "StageHeading", "StageStatus", "StopMode",
    "TestCase", "TestCounts", "TestReport", "TimedOut", "TriggerUncertain", "Unavailable", "WaitTimeout",
    "from_env", "multibranch", "pipeline_from_scm", "pipeline_from_text",
]
