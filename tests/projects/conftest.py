"""The samples' own tests are run by the pipelines that adoption gives them, not with these."""

collect_ignore = ["samples"]
