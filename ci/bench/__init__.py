"""The benchmark gate: is this commit slower than the one it is based on? Two live processes take turns.

A stored result comes from another minute or another machine, and its noise is larger than what a team wants to find.
Here both commits are measured in the same milliseconds, and their ratio is judged (docs/benchmarks.md).
"""
