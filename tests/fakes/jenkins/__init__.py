"""A test double of Jenkins, written from its protocol."""

from tests.fakes.jenkins.builds import Build
from tests.fakes.jenkins.clock import Clock, RealClock
from tests.fakes.jenkins.double import JenkinsDouble
from tests.fakes.jenkins.items import Folder, Job, Multibranch
from tests.fakes.jenkins.outcome import Case, Input, Outcome, Stage
from tests.fakes.jenkins.parameters import Parameter
from tests.fakes.jenkins.queue import QueueItem
from tests.fakes.jenkins.record import Exchange

__all__ = [
    "Build", "Case", "Clock", "Exchange", "Folder", "Input", "JenkinsDouble", "Job", "Multibranch", "Outcome",
    "Parameter", "QueueItem", "RealClock", "Stage",
]
