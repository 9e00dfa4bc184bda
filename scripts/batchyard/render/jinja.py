"""The one factory of template environments, and the one way to render."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batchyard.errors import BatchyardError, ManifestError
from batchyard.paths import machine_dir, project_root
from batchyard.render.canonical import inline

if TYPE_CHECKING:
    from jinja2 import BytecodeCache, Environment


def render(template: str, variables: Mapping[str, Any]) -> str:
    """Render a template.

    Args:
        template: its path below templates/.
        variables: what it may name.

    Raises:
        ManifestError: it is missing, its syntax is wrong, or it names something undefined.
        BatchyardError: what a building block reports, with the template's line.
    """
    from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError, UndefinedError

    root = project_root() / "templates"
    try:
        return _environment(root).get_template(template).render(variables)
    except TemplateNotFound as error:
        raise ManifestError(f"no template {error.name}", where=f"templates/{template}") from error
    except TemplateSyntaxError as error:
        where = f"templates/{error.name or template}:{error.lineno}"
        raise ManifestError(f"template syntax: {error.message}", where=where) from error
    except UndefinedError as error:
        fix = f"a template may name: {', '.join(sorted(variables))}"
        raise ManifestError(str(error.message), where=_where(error, root, template), fix=fix) from error
    except BatchyardError as error:
        where = error.where or _where(error, root, template)
        raise type(error)(error.what, where=where, fix=error.fix) from error
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise ManifestError(
            f"{type(error).__name__}: {error}", where=_where(error, root, template)
        ) from error


@cache
def _environment(root: Path) -> Environment:
    """Make the environment of a templates folder.

    JSONata owns `{% %}`, so statements are `<% %>` and comments `<# #>`. Values that are no text are inserted
    as JSON, for Python's own forms (True, None, ['a']) are none.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(root),
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - JSON and YAML, never HTML
        finalize=_final,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        cache_size=1000,
        optimized=False,  # folding constants takes longer than it saves in templates that are rendered once
        bytecode_cache=_compiled(),
    )
    # `tojson` is the built-in filter, which escapes < > & ' and refuses paths: one name, one form.
    environment.filters |= {"json": inline, "tojson": inline}
    return environment


def remember_compiled() -> None:
    """Keep compiled templates on this machine from now on: compiling takes a third of a rendering's time."""
    _cache_folder().mkdir(parents=True, exist_ok=True)


def _compiled() -> BytecodeCache | None:
    from jinja2 import FileSystemBytecodeCache

    folder = _cache_folder()
    return FileSystemBytecodeCache(str(folder)) if folder.is_dir() else None


def _cache_folder() -> Path:
    # Jinja compares a template's text with what was compiled, but not the settings; those are in this file.
    return machine_dir() / "templates" / hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]


def _final(value: Any) -> Any:  # noqa: ANN401
    from jinja2 import Undefined

    return value if isinstance(value, str | Undefined) else inline(value)


def _where(error: Exception, root: Path, template: str) -> str:
    """Return the innermost place in a template; Jinja rewrites tracebacks to name template lines."""
    place, trace = f"templates/{template}", error.__traceback__
    while trace:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.is_relative_to(root):
            place = f"templates/{file.relative_to(root).as_posix()}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
