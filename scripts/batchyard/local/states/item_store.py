"""Items and results of Distributed Maps: objects of the local environment's S3, with the machine's role."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from batchyard.asl.engine.tasks import Effect, Failed, Outcome, ReadItems, Report, Succeeded, WriteResults
from batchyard.asl.errors import PERMISSIONS, RUNTIME, StatesError
from batchyard.asl.items import Listed, Location, StoreError, read, write
from batchyard.iam.integrations import execution_arn
from batchyard.local.batch.host import CredentialsError, Scope
from batchyard.local.tasks.clients import Client, Clients, Connect, connector
from batchyard.local.tasks.events import machine_arn
from batchyard.local.tasks.failures import Refusal, sdk
from batchyard.local.tasks.services import Iam

_log = logging.getLogger("batchyard.local.states")
_T = TypeVar("_T")
# A reader holds its items in memory until they are told, so only a few read at once.
_THREADS = 4
_PIECE = 1 << 20


class ItemStore:
    """Does ReadItems and WriteResults (a TaskRunner for these two).

    Args:
        endpoint: URL where every API of the environment answers.
        iam: credentials of roles.
        connect: makes clients; the default makes boto3's, of the endpoint.
    """

    def __init__(self, endpoint: str, iam: Iam, connect: Connect | None = None) -> None:
        self._iam = iam
        self._clients = Clients(connect or connector(endpoint))
        self._pool = ThreadPoolExecutor(_THREADS, "items")
        self._open: dict[str, Future[Outcome]] = {}

    def start(self, effect: Effect, report: Report) -> None:
        try:
            future = self._pool.submit(self._outcome, effect)
        except RuntimeError:  # closed: the server ends, and the next one resumes
            return
        self._open[effect.id] = future
        future.add_done_callback(partial(self._told, effect.id, report))

    def resume(self, effect: Effect, submitted: Any, report: Report) -> None:  # noqa: ANN401, ARG002 - JSON
        """Begin anew: reading changes nothing, and the same results go to the same keys."""
        self.start(effect, report)

    def cancel(self, effect: Effect, reason: str) -> None:  # noqa: ARG002
        future = self._open.pop(effect.id, None)
        if future is not None:
            future.cancel()

    def close(self, *, wait: bool = False) -> None:
        """Begin nothing more; what is under way is told no longer than it is waited for."""
        self._pool.shutdown(wait=wait, cancel_futures=True)

    def _outcome(self, effect: Effect) -> Outcome:
        try:
            store = S3Store(self._client(effect))
            if isinstance(effect, ReadItems):
                found = read(effect.reader, store).to_json()
                self._check_children(effect)
                return Succeeded(found)
            assert isinstance(effect, WriteResults)  # noqa: S101 - a runner hands no others here
            return Succeeded(write(effect.writer, effect.map_run_arn, effect.results, store))
        except CredentialsError as error:
            return Failed(PERMISSIONS, str(error))
        except StatesError as error:
            return Failed(error.error, error.cause)

    def _client(self, effect: Effect) -> Client:
        scope = self._scope(effect)
        return self._clients.get("s3", scope.region, self._iam.credentials(scope, effect.role_arn, ""))

    def _scope(self, effect: Effect) -> Scope:
        parts = effect.execution_arn.split(":")
        return self._iam.acts_in(Scope(parts[4], parts[3]), effect.role_arn)

    def _check_children(self, effect: ReadItems) -> None:
        """Check that the role may run what works on the items: the least that a map run is said to need.

        Source: https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html

        Raises:
            StatesError: it may not.
        """
        scope, machine = self._scope(effect), machine_arn(effect.execution_arn).partition("/")[0]
        runs = execution_arn(machine)
        needs = [("StartExecution", machine), ("DescribeExecution", runs), ("StopExecution", runs)]
        for action, resource in needs:
            if reason := self._iam.refusal(scope, effect.role_arn, f"states:{action}", resource):
                raise StatesError(PERMISSIONS, reason)

    def _told(self, effect_id: str, report: Report, future: Future[Outcome]) -> None:
        if self._open.pop(effect_id, None) is None or future.cancelled():
            return
        error = future.exception()
        if error is not None:  # else its execution would wait for ever
            _log.error("items of %s: %s", effect_id, error, exc_info=error)
            report(effect_id, Failed(RUNTIME, f"{type(error).__name__}: {error}"))
        else:
            report(effect_id, future.result())


class S3Store:
    """Objects of S3 (an ObjectStore).

    Args:
        client: boto3's, of S3.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def get(self, location: Location) -> Iterable[bytes]:
        asked = _params(location, Key=location.key)
        if location.version:
            asked["VersionId"] = location.version
        answer = _asked(partial(self._client.get_object, **asked))
        pieces = iter(answer["Body"].iter_chunks(_PIECE))
        while (piece := _asked(partial(next, pieces, None))) is not None:
            yield piece

    def list(self, location: Location) -> Iterator[Listed]:
        asked = _params(location, Prefix=location.key)
        while True:
            answer = _asked(partial(self._client.list_objects_v2, **asked))
            for each in answer.get("Contents", ()):
                modified = int(each["LastModified"].timestamp())
                storage = each.get("StorageClass", "STANDARD")
                yield Listed(each["Key"], each["Size"], each["ETag"], modified, storage)
            if not answer.get("IsTruncated"):
                return
            asked["ContinuationToken"] = answer["NextContinuationToken"]

    def put(self, location: Location, body: bytes) -> None:
        asked = _params(location, Key=location.key, ContentType="application/json")
        _asked(partial(self._client.put_object, Body=body, **asked))


def _params(location: Location, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - of boto3
    owner = {"ExpectedBucketOwner": location.owner} if location.owner else {}
    return {"Bucket": location.bucket, **more, **owner}


def _asked(call: Callable[[], _T]) -> _T:
    """Ask S3, and raise its refusal in the words of the SDK.

    Raises:
        StoreError: it refused, or could not be reached.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return call()
    except ClientError as error:
        told, about = error.response["Error"], error.response["ResponseMetadata"]
        refusal = Refusal(
            told.get("Code", ""),
            told.get("Message"),
            about["HTTPStatusCode"],
            request_id=about.get("RequestId", ""),
        )
        raise StoreError(sdk("S3", refusal).cause) from error
    except BotoCoreError as error:
        raise StoreError(f"Unable to execute HTTP request: {error}") from error
