"""Loads the JSONata library, which sets the limit of recursion: Hypothesis warns where a test changes it."""

import batchyard.asl.data.jsonata_library  # noqa: F401
