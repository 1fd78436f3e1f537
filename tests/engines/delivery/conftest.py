"""The same projects and server directories as in tests/ci/deploy."""

from tests.ci.deploy.conftest import deploy, directory, port, project, said

__all__ = ["deploy", "directory", "port", "project", "said"]
