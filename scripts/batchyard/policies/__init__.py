"""Own rules for job definitions and image repositories, as checks of checkov.

Checkov lives in an environment of its own, which loads `checks/`; what that imports (`catalogue`, `rules` and
below) needs the standard library only. `bundles`, `skips` and `scan` belong to the command.
"""
