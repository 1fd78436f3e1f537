"""One pipeline definition, the same on this machine and on every CI engine. See ``docs/`` and ``ci --help``."""
