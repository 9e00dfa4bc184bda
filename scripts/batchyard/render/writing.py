"""The files of build/<environment>: a bundle and a state machine per workflow, and the functions' zips."""

from __future__ import annotations

from pathlib import Path

from batchyard.environments import load
from batchyard.paths import build_dir
from batchyard.render.bundles import Rendered, Sources, rendered
from batchyard.render.canonical import dump
from batchyard.render.files import write_atomically
from batchyard.render.jinja import remember_compiled


def render(environment: str, *, dry_run: bool = False) -> list[Path]:
    """Render everything that an environment deploys.

    All of it is rendered before anything is written, so an error leaves the files as they were; files of
    workflows and functions that are gone are removed.

    Args:
        environment: the environment's name.
        dry_run: write and remove nothing.

    Returns:
        the files that hold the result, sorted.

    Raises:
        BatchyardError: the environment, a manifest, a template or a function is wrong.
    """
    loaded = load(environment)
    if not dry_run:
        remember_compiled()
    sources = Sources()
    contents: dict[Path, bytes] = {}
    for workflow in sorted(loaded.workflows):
        contents |= files(workflow, rendered(loaded, workflow, sources), sources)
    folder = build_dir(environment)
    if not dry_run:
        for name, content in contents.items():
            write_atomically(folder / name, content)
        for path in stale(folder, set(contents)):
            path.unlink()
    return sorted(folder / name for name in contents)


def files(workflow: str, found: Rendered, sources: Sources) -> dict[Path, bytes]:
    """Return the files of one rendered workflow, by their paths in build/<environment>.

    Args:
        workflow: its deployed name.
        found: what was rendered.
        sources: where its functions' packages come from.
    """
    contents = {
        Path(f"{workflow}.bundle.json"): dump(found.bundle).encode(),
        Path(found.bundle["state_machine"]["definition"]): dump(found.definition).encode(),
    }
    for name, function in found.bundle["functions"].items():
        contents[Path(function["zip"])] = sources.package(name).content
    return contents


def stale(folder: Path, current: set[Path]) -> list[Path]:
    """Return what earlier renderings left in a build folder and this one does not have.

    Args:
        folder: build/<environment>.
        current: paths of this rendering, relative to the folder.
    """
    patterns = ("*.bundle.json", "*.asl.json", "functions/*.zip")
    found = (path for pattern in patterns for path in folder.glob(pattern))
    return sorted(path for path in found if path.relative_to(folder) not in current)
