"""The tool as a distribution: which files its wheel holds, and the wheel itself. Standard library only.

It is made here and not by a build tool because every installation has to be able to make it again, byte for byte and
without a network: `ci new` and `ci adopt` put it into the projects that they write.
"""
