"""Projects around the tool: a new one, a fork that becomes one, one that exists, and a newer tool in each of them.

What is to be done is worked out whole first, as `changes.Changes`; then it is shown, and then it is done.
"""
