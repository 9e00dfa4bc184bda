"""With IAM enforced, functions, jobs and state machines are held to their roles, the account is not."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import pytest
from tests.local.clients import ACCOUNT, REGION, Clients, policy, single, task, until
from tests.local.conftest import free_port, prepare

from batchyard.local import control

pytestmark = pytest.mark.local
BATCH = f"arn:aws:batch:{REGION}:{ACCOUNT}"
READ = (
    "import boto3\n"
    "def handler(event, context):\n"
    "    return boto3.client('s3').get_object(Bucket='guarded', Key='k')['Body'].read().decode()\n"
)
SUBMIT = (
    "import boto3\n"
    "def handler(event, context):\n"
    "    batch = boto3.client('batch')\n"
    "    names = {'jobName': 'f', 'jobQueue': event['queue'], 'jobDefinition': event['job']}\n"
    "    return batch.submit_job(**names)['jobId']\n"
)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    """Return clients of an environment that enforces IAM, with a bucket for encrypted access only."""
    patch = pytest.MonkeyPatch()
    patch.setenv("BATCHYARD_LOCAL_DIR", str(prepare(tmp_path_factory.mktemp("guarded"))))
    clients = Clients(control.up(port=free_port(), enforce_iam=True).endpoint)
    clients("s3").create_bucket(Bucket="guarded")
    clients("s3").put_object(Bucket="guarded", Key="k", Body=b"secret")
    unencrypted = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::guarded/*"}
    unencrypted |= {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    rules = json.dumps({"Version": "2012-10-17", "Statement": [unencrypted]})
    clients("s3").put_bucket_policy(Bucket="guarded", Policy=rules)
    yield clients
    control.down()
    patch.undo()


def test_the_account_may_do_anything(guarded: Clients) -> None:
    assert guarded("sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
    assert guarded("s3").get_object(Bucket="guarded", Key="k")["Body"].read() == b"secret"
    assert guarded.queue()


def test_a_function_reads_with_its_statement_and_not_without(guarded: Clients) -> None:
    allowed = policy((["s3:GetObject"], ["arn:aws:s3:::guarded/*"]))
    guarded.function("reads", READ, guarded.role("reads", "lambda.amazonaws.com", allowed))
    assert guarded.invoke("reads") == "secret"
    guarded("iam").delete_role_policy(RoleName="reads", PolicyName="own")
    assert "not authorized to perform: s3:GetObject" in guarded.invoke("reads")["errorMessage"]


def test_a_job_reads_with_its_statement_and_not_without(guarded: Clients) -> None:
    script = f"{READ}\nprint(handler(None, None))"
    allowed = policy((["s3:GetObject"], ["arn:aws:s3:::guarded/*"]))
    role = guarded.role("job-reads", "ecs-tasks.amazonaws.com", allowed)
    first = guarded.submit("job-reads", sys.executable, "-c", script, role=role)
    assert guarded.job_ended(first)["status"] == "SUCCEEDED", guarded.log(first)
    assert guarded.log(first) == ["secret"]
    guarded("iam").delete_role_policy(RoleName="job-reads", PolicyName="own")
    second = guarded.submit("job-reads", sys.executable, "-c", script, role=role)
    assert guarded.job_ended(second)["status"] == "FAILED"
    assert "not authorized to perform: s3:GetObject" in "\n".join(guarded.log(second))


@pytest.mark.parametrize("missing", [None, "secretsmanager:GetSecretValue", "ssm:GetParameters"])
def test_a_job_has_the_secrets_that_its_execution_role_may_read(
    guarded: Clients, missing: str | None
) -> None:
    name = f"secrets-{(missing or 'all').partition(':')[0]}"
    secret = guarded("secretsmanager").create_secret(Name=name, SecretString='{"key": "s3cr3t"}')["ARN"]
    guarded("ssm").put_parameter(Name=f"/{name}", Value="Bern", Type="SecureString")
    stored = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/{name}"
    statements = {"secretsmanager:GetSecretValue": secret, "ssm:GetParameters": stored}
    allowed = policy(*(([action], [arn]) for action, arn in statements.items() if action != missing))
    properties = {
        "image": "host",
        "command": ["sh", "-c", 'echo "$KEY in $PLACE"'],
        "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "128"}],
        "executionRoleArn": guarded.role(name, "ecs-tasks.amazonaws.com", allowed),
        "secrets": [{"name": "KEY", "valueFrom": f"{secret}:key::"}, {"name": "PLACE", "valueFrom": stored}],
    }
    batch, queue = guarded("batch"), guarded.queue()
    batch.register_job_definition(jobDefinitionName=name, type="container", containerProperties=properties)
    job = guarded.job_ended(batch.submit_job(jobName=name, jobQueue=queue, jobDefinition=name)["jobId"])
    if missing is None:
        assert guarded.log(job["jobId"]) == ["s3cr3t in Bern"], job
        return
    assert job["status"] == "FAILED"
    assert job["statusReason"].startswith("Fetching secret data from ")
    assert f"role/{name}/batch-" in job["statusReason"]
    assert f"not authorized to perform: {missing} on resource: {statements[missing]}" in job["statusReason"]


@pytest.mark.parametrize(("name", "service"), [("absent", ""), ("other-trust", "lambda.amazonaws.com")])
def test_a_job_does_not_start_with_a_role_it_can_not_have(guarded: Clients, name: str, service: str) -> None:
    role = guarded.role(name, service) if service else f"arn:aws:iam::{ACCOUNT}:role/{name}"
    job = guarded.job_ended(guarded.submit(name, "true", role=role))
    assert job["status"] == "FAILED"
    assert "unable to assume the role" in json.dumps(job)


@pytest.mark.parametrize("missing", [None, "job-queue/tests", "job-definition/limited"])
def test_a_function_submits_to_its_queue_and_definition_only(guarded: Clients, missing: str | None) -> None:
    job, queue = guarded.definition("limited", "true"), guarded.queue()
    resources = [
        f"{BATCH}:{part}" for part in ("job-queue/tests", "job-definition/limited") if part != missing
    ]
    name = f"submits-{(missing or 'all').replace('/', '-')}"
    role = guarded.role(name, "lambda.amazonaws.com", policy((["batch:SubmitJob"], resources)))
    guarded.function(name, SUBMIT, role)
    answer = guarded.invoke(name, {"queue": queue, "job": job})
    if missing is None:
        assert guarded.job_ended(answer)["status"] == "SUCCEEDED"
    else:
        assert (
            f"not authorized to perform: batch:SubmitJob on resource: {BATCH}:{missing}"
            in answer["errorMessage"]
        )


RULE = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/StepFunctionsGetEventsForBatchJobsRule"
SYNC = {
    "batch:SubmitJob": [f"{BATCH}:job-queue/tests", f"{BATCH}:job-definition/by-machine"],
    "batch:DescribeJobs": ["*"],
    **{f"events:{action}": [RULE] for action in ("PutTargets", "PutRule", "DescribeRule")},
}
WHOLE = policy(*(([action], arns) for action, arns in SYNC.items()))


@pytest.mark.parametrize("missing", [None, *SYNC])
def test_a_state_machines_role_is_held_to_its_permissions(guarded: Clients, missing: str | None) -> None:
    job, queue = guarded.definition("by-machine", "true"), guarded.queue()
    name = f"machine-without-{(missing or 'nothing').rpartition(':')[2]}"
    machine = guarded.machine(
        name, single(task(job, queue)), guarded.role(name, "states.amazonaws.com", WHOLE)
    )
    document = policy(*(([action], arns) for action, arns in SYNC.items() if action != missing))
    guarded("iam").put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document)
    execution = guarded.ended(guarded.start(machine))
    assert execution["status"] == ("FAILED" if missing else "SUCCEEDED"), execution.get("cause")
    if missing:
        assert f"not authorized to perform: {missing}" in execution["cause"]


@pytest.mark.parametrize("allowed", [True, False])
def test_a_stopped_executions_job_runs_on_where_its_role_may_not_terminate_it(
    guarded: Clients, allowed: bool
) -> None:
    job, queue = guarded.definition("by-machine", "sleep", "60"), guarded.queue()
    terminate = [(["batch:TerminateJob"], [f"{BATCH}:job/*"])] if allowed else []
    document = policy(*(([action], arns) for action, arns in SYNC.items()), *terminate)
    role = guarded.role(f"stopped-{allowed}", "states.amazonaws.com", document)
    arn = guarded.start(guarded.machine(f"stopped-{allowed}", single(task(job, queue)), role))
    found = until(lambda: [event for event in guarded.history(arn) if event["type"] == "TaskSubmitted"])
    job_id = json.loads(found[0]["taskSubmittedEventDetails"]["output"])["JobId"]
    until(lambda: guarded.job(job_id)["status"] == "RUNNING")
    guarded("stepfunctions").stop_execution(executionArn=arn)
    if allowed:
        assert guarded.job_ended(job_id)["status"] == "FAILED"
        return
    warning = f"job {job_id} runs on"
    until(lambda: any(warning in line for line in control.logs(lines=50)))
    assert guarded.job(job_id)["status"] == "RUNNING"
    guarded("batch").terminate_job(jobId=job_id, reason="by hand")


@pytest.mark.parametrize("allowed", [True, False])
def test_a_state_machines_role_is_held_to_its_functions(guarded: Clients, allowed: bool) -> None:
    name = f"calls-{allowed}"
    lambda_role = guarded.role(f"{name}-function", "lambda.amazonaws.com")
    function = guarded.function(name, "def handler(event, context):\n    return 'called'\n", lambda_role)
    document = policy((["lambda:InvokeFunction"], [function])) if allowed else None
    role = guarded.role(name, "states.amazonaws.com", document)
    parameters = {"FunctionName": function, "Payload": {}}
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": parameters,
        "End": True,
    }
    execution = guarded.ended(guarded.start(guarded.machine(name, single(state), role)))
    assert execution["status"] == ("SUCCEEDED" if allowed else "FAILED"), execution.get("cause")


def test_credentials_of_nobody_are_refused(guarded: Clients) -> None:
    import boto3
    from botocore.exceptions import ClientError

    keys = {"aws_access_key_id": "AKIAAAAAAAAAAAAAAAAA", "aws_secret_access_key": "any"}
    stranger = boto3.client("batch", endpoint_url=guarded.endpoint, region_name=REGION, **keys)
    with pytest.raises(ClientError, match=r"security token"):
        stranger.describe_job_queues()


def test_functions_are_still_held_to_their_roles_after_a_restart(guarded: Clients) -> None:
    guarded.function("later", READ, guarded.role("later", "lambda.amazonaws.com"))
    control.down()
    control.up(enforce_iam=True)
    assert "not authorized to perform: s3:GetObject" in guarded.invoke("later")["errorMessage"]
