"""Adoption: what a project that exists already runs, read from its files and written as ``ci/pipeline.toml``.

``tree`` -> ``survey`` -> ``definition`` and ``report``. Nothing of the project is run.
"""
