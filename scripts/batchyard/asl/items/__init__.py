"""Items of a Distributed Map: read, batched, and their results written.

An object store is passed in (`ObjectStore`), so nothing here knows of a network.
"""

from batchyard.asl.items.batch import Batcher, batcher
from batchyard.asl.items.read import Dataset, read
from batchyard.asl.items.store import Listed, Location, ObjectStore, StoreError
from batchyard.asl.items.write import write

__all__ = [
    "Batcher",
    "Dataset",
    "Listed",
    "Location",
    "ObjectStore",
    "StoreError",
    "batcher",
    "read",
    "write",
]
