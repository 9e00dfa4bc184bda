"""The operations on activities."""

from __future__ import annotations

from concurrent.futures import Future

from batchyard.local.batch.host import Scope
from batchyard.local.states import arns, checks, paging, tags
from batchyard.local.states.activities import ACTIVITY
from batchyard.local.states.api_errors import ApiError
from batchyard.local.states.interface import Json, Service


def create(service: Service, scope: Scope, request: Json) -> Json:
    """Create an activity; the same name again gives the same activity, whatever the tags."""
    activities = service.activities
    checks.name(request["name"])
    arn = arns.arn(scope, arns.ACTIVITY, request["name"])
    encryption = checks.encryption(request.get("encryptionConfiguration"))
    marked = tags.checked(arn, request.get("tags"))
    there = activities.get(arn)
    if there is None:
        there = {"arn": arn, "name": request["name"], "encryptionConfiguration": encryption}
        there["creationDate"] = service.clock.now()
        activities.resources.put(ACTIVITY, arn, there)
        if marked:
            tags.put(activities.resources, arn, marked)
    elif there["encryptionConfiguration"] != encryption:
        raise ApiError("ActivityAlreadyExists", f"Activity Already Exists: '{arn}'")
    return {"activityArn": arn, "creationDate": there["creationDate"]}


def describe(service: Service, scope: Scope, request: Json) -> Json:
    record = service.activities.existing(scope, request["activityArn"])
    keys = ("name", "creationDate", "encryptionConfiguration")
    return {"activityArn": record["arn"]} | {key: record[key] for key in keys}


def listing(service: Service, scope: Scope, request: Json) -> Json:
    prefix = arns.prefix(scope, arns.ACTIVITY)
    there = [each for each in service.activities.resources.all(ACTIVITY) if each["arn"].startswith(prefix)]
    there.sort(key=lambda each: str(each["name"]))
    found, more = paging.page(there, request, lambda each: each["arn"], service.clock.now())
    shown = [
        {"activityArn": each["arn"], "name": each["name"], "creationDate": each["creationDate"]}
        for each in found
    ]
    return {"activities": shown, **more}


def delete(service: Service, scope: Scope, request: Json) -> Json:
    """Delete an activity; one that is not there is no error."""
    arn = request["activityArn"]
    if arns.parse(arn, arns.ACTIVITY).scope == scope:
        service.activities.resources.delete(ACTIVITY, arn)
        service.activities.resources.delete("tags", arn)
        service.activities.forget(arn)
    return {}


def get_task(service: Service, scope: Scope, request: Json) -> Future[Json]:
    """Wait up to 60 seconds for a task; an answer without token means that there was none."""
    record = service.activities.existing(scope, request["activityArn"])
    return service.activities.poll(record["arn"], request.get("workerName"))
