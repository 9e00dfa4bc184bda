"""Map in DISTRIBUTED mode: its items are read, worked on by child executions, and their results collected.

Order and links of events are as recorded from the service; each rule is held by a test that names its source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchyard.asl.data.interface import Value
from batchyard.asl.data.text import dump, load
from batchyard.asl.engine.limits import size_error
from batchyard.asl.engine.map_child import waiting
from batchyard.asl.engine.map_fields import Fields, Limits, check_max_items
from batchyard.asl.engine.map_items import Sources, dataset, inputs
from batchyard.asl.engine.map_names import names
from batchyard.asl.engine.map_run import REDRIVES, MapRun
from batchyard.asl.engine.tasks import Effect, Failed, Outcome, ReadItems, Succeeded, WriteResults
from batchyard.asl.errors import DATA_LIMIT, RUNTIME, StatesError
from batchyard.asl.items import batcher
from batchyard.asl.items.results import settings, text, transformed

if TYPE_CHECKING:
    from batchyard.asl.engine.execution import Execution
    from batchyard.asl.engine.strand import Pending, Strand

__all__ = ["MapRun", "begin", "begin_again", "go_on", "told"]


def begin(x: Execution, strand: Strand) -> None:
    """Start a map run."""
    data, raw, env = strand.data, strand.raw, strand.env
    concurrency = int(data.number("MaxConcurrency", raw, env) or 0)
    items = None if "ItemReader" in strand.state.body else data.items(raw, env)
    # As recorded: what is read is not counted yet, and the other fields are evaluated after this event.
    strand.last = x.event(strand.last, "MapStateStarted", {"length": len(items or ())})
    count = _whole(data.number("ToleratedFailureCount", raw, env))
    limits = Limits(concurrency, count, data.number("ToleratedFailurePercentage", raw, env))
    reader, writer = data.evaluate("ItemReader", raw, env), data.evaluate("ResultWriter", raw, env)
    check_max_items(strand.state, reader)
    batches = batcher(data.evaluate("ItemBatcher", raw, env))
    named = names(x.spec, strand.state)
    fields = Fields(reader, writer, batches)
    run = MapRun(named.map_run(x.chance), x.spec, strand, named, limits, fields, x.now)
    x.map_runs[run.arn] = run
    strand.waiting = run
    strand.last = x.event(strand.last, "MapRunStarted", {"mapRunArn": run.arn})
    if reader is None:
        _take(x, run, items, ())
        _go_on(x, run)
    else:
        _read(x, run)


def begin_again(x: Execution, strand: Strand) -> None:
    """Go on with a map run that is redriven; one that has no items yet reads them again."""
    run = _run_of(strand)
    if run.redrive_count > REDRIVES:
        run.error = StatesError(RUNTIME, f"The Map Run has been redriven more than {REDRIVES} times.")
    elif run.total is None:
        _read(x, run)
        return
    _go_on(x, run)


def go_on(x: Execution, strand: Strand) -> None:
    """See what follows from children that have ended, or from new limits."""
    _go_on(x, _run_of(strand))


def told(pending: Pending, outcome: Outcome, x: Execution, strand: Strand) -> None:
    """Take the end of reading or writing."""
    run = strand.waiting
    if not isinstance(run, MapRun) or run.pending is not pending:
        return
    run.pending = None
    reading = isinstance(pending.effect, ReadItems)
    if isinstance(outcome, Failed):
        error = StatesError(outcome.error, outcome.cause)
        _fail(x, run, error if reading else run.error or error)
    elif isinstance(outcome, Succeeded) and reading:
        try:
            items, sources = dataset(outcome.output)
        except StatesError as error:
            _fail(x, run, error)
        else:
            _take(x, run, items, sources)
            _go_on(x, run)
    elif isinstance(outcome, Succeeded):
        if run.error is not None:
            _fail(x, run, run.error)
        else:
            _succeed(x, run, {"MapRunArn": run.arn, "ResultWriterDetails": outcome.output})


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)


def _run_of(strand: Strand) -> MapRun:
    run = strand.waiting
    assert isinstance(run, MapRun)  # noqa: S101 - it is the strand's for as long as it is open
    return run


def _read(x: Execution, run: MapRun) -> None:
    strand = run.strand
    effect_id = f"{x.spec.arn}#{strand.last}"
    _hand_out(
        x, run, ReadItems(effect_id, x.spec.arn, x.spec.role_arn, strand.state.name, run.fields.reader or {})
    )


def _take(x: Execution, run: MapRun, items: Value, sources: Sources) -> None:
    run.total = len(items)
    run.inputs = inputs(x, run.strand, items, sources, run.fields.batcher)


def _go_on(x: Execution, run: MapRun) -> None:
    run.queued = False
    if run.pending is not None:  # the results are being written: nothing changes any more
        return
    run.check(x)
    run.fill(x)
    if run.running or (run.error is None and run.left):
        return
    if run.fields.exports and run.children:
        _write(x, run)
    elif run.error is not None:
        _fail(x, run, run.error)
    else:
        _collect(x, run)


def _write(x: Execution, run: MapRun) -> None:
    named, strand = run.names, run.strand
    records = [each.record(named.machine_arn, named.express, x.now) for each in run.children]
    if run.error is not None:
        records += _not_started(x, run)
    # Its own event is that of the map run, which its reader's id names already.
    effect_id = f"{x.spec.arn}#{strand.last}.results"
    writer = run.fields.writer or {}
    _hand_out(
        x,
        run,
        WriteResults(
            effect_id, x.spec.arn, x.spec.role_arn, strand.state.name, writer, run.arn, tuple(records)
        ),
    )


def _not_started(x: Execution, run: MapRun) -> list[dict[str, Any]]:
    named = run.names
    return [waiting(each, *named.child(x.chance), named.machine_arn) for each, _ in run.ahead()]


def _hand_out(x: Execution, run: MapRun, effect: Effect) -> None:
    run.pending = x.hand_out(effect, run.strand)
    run.strand.waiting = run


def _collect(x: Execution, run: MapRun) -> None:
    named = run.names
    transformation, output_type = settings(run.fields.writer)
    if transformation == "COMPACT" and output_type == "JSON":
        body = _compact(x, run)
    else:
        records = (each.record(named.machine_arn, named.express, x.now) for each in run.children)
        body = text(transformed(records, transformation), output_type).decode()
    if error := size_error(body, run.strand.state.name):
        _fail(x, run, error)
    else:
        _succeed(x, run, load(body) if output_type == "JSON" else body)


def _compact(x: Execution, run: MapRun) -> str:
    named = run.names
    return (
        "["
        + ",".join(
            (each.output or "null")
            if each.status == "SUCCEEDED"
            else dump(each.record(named.machine_arn, named.express, x.now))
            for each in run.children
        )
        + "]"
    )


def _succeed(x: Execution, run: MapRun, result: Value) -> None:
    strand = run.strand
    run.close(x, "SUCCEEDED")
    succeeded = x.event(strand.last, "MapRunSucceeded")
    x.event(succeeded, "MapStateSucceeded")
    # As recorded: with JSONata the exit follows from the map run's start, with JSONPath from its end.
    if not strand.state.jsonata:
        strand.last = succeeded
    strand.waiting = None
    strand.env.now = x.now
    x.steps.leave(x, strand, strand.data.finish(strand.raw, result, strand.env), strand.state.next)


def _fail(x: Execution, run: MapRun, error: StatesError) -> None:
    strand = run.strand
    run.error = error
    run.close(x, "FAILED")
    found = {"error": error.error, "cause": error.cause}
    details = {key: value for key, value in found.items() if value is not None}
    strand.last = x.event(strand.last, "MapRunFailed", details)
    evaluated = run.broken and error.error != DATA_LIMIT
    (x.steps.evaluation if evaluated else x.steps.fail)(x, strand, error)
