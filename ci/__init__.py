"""One pipeline definition, the same on this machine and on every CI engine. See ``docs/`` and ``ci --help``."""

__version__ = "0.2.0"
