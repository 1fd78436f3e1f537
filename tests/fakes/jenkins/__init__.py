"""A test double of Jenkins, written from its protocol.

::

    with JenkinsDouble() as jenkins:
        app = jenkins.add_job("team/app", ["VERSION", Parameter("ENV", choices=("staging", "production"))])
        app.add_build({"VERSION": "1"}, result="FAILURE", log=b"no luck\\n")
        app.on_trigger(quiet=5, duration=30, log=[(0, b"one\\n"), (20, b"two\\n")], artifacts={"dist/app.whl": b"..."})
        jenkins.faults.status(503, path="*/queue/*")
        client = Client(jenkins.url, jenkins.user, jenkins.token, sleep=jenkins.clock.sleep, clock=jenkins.clock.now)

Where to look: what a build does is in `outcome`, what can be set on the server in `world`, what can go wrong in
`faults`, what is compared in `checks`, how time passes in `clock`; one module for each family of answers.
"""

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
