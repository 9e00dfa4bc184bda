"""The choreography of every step: fetch, check, run the tool, publish; clean up whatever happens."""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from batchyard_job import arguments, checks, process, program, tool
from batchyard_job.attempt import Attempt, base_directory, vcpus, working_directory
from batchyard_job.compressed import is_gzipped, open_plain, readable
from batchyard_job.errors import BadInputError, ToolError
from batchyard_job.location import Location
from batchyard_job.log import Log
from batchyard_job.publish import Publication
from batchyard_job.store import Store, open_store

_DEFAULT_MEMORY_MIB = 2048


def main(description: Path, argv: Sequence[str] | None = None) -> int:
    """Run a step and return its exit code.

    Args:
        description: the step's tool.yaml.
        argv: the arguments; default those of this process.
    """
    given = sys.argv[1:] if argv is None else argv
    return program.run(lambda attempt, log: _run(description, given, attempt, log))


def _run(description: Path, given: Sequence[str], attempt: Attempt, log: Log) -> int:
    step = tool.load(description)
    log.context["step"] = step.name
    if "--help" in given:
        sys.stdout.write(f"{step.name}: {arguments.usage(step.required_flags)}\n")
        return 0
    options = arguments.parse(given, required=step.required_flags)
    folder = Location.parse(options[step.folder_flag], flag=step.folder_flag)
    places = {name: Location.parse(options[item.flag], flag=item.flag) for name, item in step.inputs.items()}
    chosen = step.tool(options.get("tool") or os.environ.get("TOOL"))
    sample = _checked(options.get("sample_id") or _sample_of(folder))
    log.context["sample"] = sample
    started = time.monotonic()
    store = open_store(folder, *places.values())
    publication = Publication(store, folder, step.results, attempt, log)
    publication.sweep()
    base = base_directory(options.get("working_dir"))
    log.info("working", directory=str(base), asked=options.get("working_dir"))
    with working_directory(base, attempt) as work:
        paths = _fetch(step, chosen, places, store, work, log)
        values = {**_values(options, sample, work), **paths}
        _work(step, chosen, values, work, log)
        results = publication.publish(work / "out")
    log.info("published", results=results, seconds=round(time.monotonic() - started, 3))
    return 0


def _sample_of(folder: Location) -> str:
    """Return the sample id that the layout `<results>/<sample id>/<kind>` of the result folder tells."""
    return folder.key.split("/")[-2] if "/" in folder.key else "sample"


def _checked(sample: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][\w.+-]*", sample):
        raise BadInputError(f"the sample id {sample!r} may hold letters, digits and . _ + - only")
    return sample


def _fetch(
    step: tool.Step, chosen: tool.Tool, places: Mapping[str, Location], store: Store, work: Path, log: Log
) -> dict[str, str]:
    paths: dict[str, str] = {}
    for name, place in places.items():
        item = step.inputs[name]
        relative = chosen.layout.get(name, f"in/{place.name}")
        target = work / relative
        if target.exists():  # two inputs of one name, in different folders
            relative = f"in/{name}-{place.name}"
            target = work / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        store.download(place, target)
        log.info("fetched", object=str(place), bytes=target.stat().st_size)
        for suffix in item.companions:
            if store.exists(place.with_suffix(suffix)):
                store.download(place.with_suffix(suffix), target.with_name(target.name + suffix))
        paths[name] = _plain(relative, work) if item.kind in ("fasta", "gff") else relative
    return paths


def _plain(relative: str, work: Path) -> str:
    """Unpack a gzipped reference: tools read it at random, which plain gzip does not allow."""
    packed = work / relative
    if not is_gzipped(packed):
        return relative
    name = relative.removesuffix(".gz") if relative.endswith(".gz") else relative + ".plain"
    with readable(packed), open_plain(packed) as source, (work / name).open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
    packed.unlink()
    return name


def _values(options: Mapping[str, str], sample: str, work: Path) -> dict[str, str]:
    memory = options.get("memory", "")
    mib = int(memory) if memory.isdecimal() and int(memory) > 0 else _DEFAULT_MEMORY_MIB
    threads = vcpus(options.get("vcpus"), os.environ)
    return {
        "cmd_args": options.get("cmd_args", ""),
        "memory": str(mib),
        "memory_gib": str(max(1, mib // 1024)),
        "out": "out",
        "read_group": f"@RG\\tID:{sample}\\tSM:{sample}\\tPL:ILLUMINA\\tLB:{sample}",
        "sample": sample,
        # samtools sort takes its memory per thread; half is left for the aligner that feeds it.
        "sort_memory": f"{min(768, max(32, mib // (2 * threads)))}M",
        "threads": str(threads),
        "tmp": "tmp",
        "work": str(work),
    }


def _work(step: tool.Step, chosen: tool.Tool, values: Mapping[str, str], work: Path, log: Log) -> None:
    checks.check(step, chosen, values, work)
    for command in chosen.commands:
        if command.unless and (work / tool.fill(command.unless, values)).exists():
            continue
        began = time.monotonic()
        process.run(command, values, work, log)
        log.info("ran", tool=chosen.name, seconds=round(time.monotonic() - began, 3))
    for name in step.results:
        made = work / tool.fill(chosen.produced.get(name, f"out/{name}"), values)
        if not made.is_file() or not made.stat().st_size:
            raise ToolError(f"{chosen.name} ended well but wrote nothing to {made.relative_to(work)}")
        if made != work / "out" / name:
            made.replace(work / "out" / name)
