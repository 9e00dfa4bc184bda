from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.terraform.plan_documents import MIXED, change, plan

from batchyard.terraform.summary import summarize


def test_a_summary_names_destroys_first_and_folds_tags() -> None:
    assert list(summarize(MIXED).lines()) == [
        "1 to destroy, 2 to replace, 1 to create, 3 to update",
        "  - destroy  aws_sqs_queue.old",
        "  ± replace  aws_batch_compute_environment.a (compute_resources; created before destroyed)",
        "  ± replace  aws_flow_log.this (interval, role; destroyed before created)",
        "  + create   aws_s3_bucket.new",
        "  ~ update   aws_batch_job_queue.this (priority)",
        "  ~ update   aws_lambda_function.f (version)",
        "  ~ update   1 more, only in tags",
        "  outputs    queue_arns",
    ]


def test_many_changes_may_be_left_to_the_gate() -> None:
    summary = summarize(MIXED)
    assert list(summary.lines(most=5)) == ["1 to destroy, 2 to replace, 1 to create, 3 to update"]
    assert list(summary.lines(most=6)) == list(summary.lines())  # those of tags alone take one line
    assert (summary.fits(5), summary.fits(6)) == (False, True)


def test_what_a_first_apply_creates_is_counted_by_module() -> None:
    jobs = [change(f'module.job_definition["w/{n}"].aws_iam_role.job[0]', "create") for n in range(40)]
    summary = summarize(plan(change("aws_vpc.old", "delete"), change("aws_sns_topic.a", "create"), *jobs))
    assert list(summary.lines()) == [
        "1 to destroy, 0 to replace, 41 to create, 0 to update",
        "  - destroy  aws_vpc.old",
        "  + create    40 in module.job_definition",
        "  + create     1 in the root",
    ]
    assert len(list(summary.lines(every=True))) == 1 + 1 + 41


def test_a_summary_for_programs_has_every_change() -> None:
    document = summarize(MIXED).document()
    assert document["counts"] == {"destroy": 1, "replace": 2, "create": 1, "update": 3}
    assert document["outputs"] == ["queue_arns"]
    assert document["empty"] is False
    assert document["changes"][-1] == {
        "address": "aws_vpc.this",
        "action": "update",
        "attributes": ["tags", "tags_all"],
        "create_first": False,
        "tags_only": True,
    }


def test_an_apply_takes_two_steps_for_a_replacement() -> None:
    assert summarize(MIXED).operations == 1 + 2 * 2 + 1 + 3


def test_nothing_to_do_says_so() -> None:
    summary = summarize(plan(change("aws_vpc.this", "no-op"), vpc_id="no-op"))
    assert list(summary.lines()) == ["no changes"]
    assert summary.document()["empty"] is True
    assert summary.past() == "nothing to change"


def test_what_was_done_is_told_in_the_past() -> None:
    assert summarize(MIXED).past() == "1 destroyed, 2 replaced, 1 created, 3 updated"


def test_a_change_of_outputs_alone_is_no_empty_plan() -> None:
    summary = summarize(plan(topic_arn="create"))
    assert list(summary.lines()) == [
        "0 to destroy, 0 to replace, 0 to create, 0 to update",
        "  outputs    topic_arn",
    ]


ACTIONS = st.sampled_from(
    [("delete",), ("create",), ("update",), ("no-op",), ("delete", "create"), ("create", "delete")]
)
CHANGES = st.lists(st.tuples(st.sampled_from("abcdefgh"), ACTIONS), max_size=12)


@given(CHANGES)
def test_every_change_is_told_once_and_the_dangerous_ones_first(
    changes: list[tuple[str, tuple[str, ...]]],
) -> None:
    document = plan(*(change(name, *actions, after={"password": "hunter2"}) for name, actions in changes))
    summary = summarize(document)
    order = ["destroy", "replace", "create", "update"]
    places = [order.index(each.action) for each in summary.changes]
    assert places == sorted(places)
    assert len(summary.changes) == sum(actions != ("no-op",) for _, actions in changes)
    assert "hunter2" not in "".join(summary.lines()) + str(summary.document())
