"""Test cases of workflows: the state machine runs on mocked tasks, in virtual time."""
