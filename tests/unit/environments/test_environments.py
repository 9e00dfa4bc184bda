from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.unit.cli_fixtures import TFVARS

from batchyard import tfvars
from batchyard.environments import Environment, available, load
from batchyard.errors import BatchyardError, ManifestError

FILE = "terraform/environments/dev.tfvars"


def written(project: Path, text: str) -> None:
    (project / FILE).write_text(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (TFVARS.replace("queues ", "quues "), f"{FILE}:7: unknown key quues\n  did you mean queues?"),
        (TFVARS + "queues = {}\n", f"{FILE}:9: key queues is given twice"),
        (
            TFVARS.replace("max_vcpus = 16", "max_vcpus = 16, max_vcpus = 32"),
            f"{FILE}:6: key compute.spot.max_vcpus is given twice",
        ),
        (TFVARS.replace("max_vcpus = 16", 'max_vcpus = "many"'), f"{FILE}:6: compute.spot.max_vcpus: "),
        (
            TFVARS.replace("max_vcpus = 16", 'max_vcpus = 16, instance_types = "c7i"'),
            f"{FILE}:6: compute.spot.instance_types: has to be a list, not 'c7i'\n  write [\"first",
        ),
        (
            TFVARS.replace("{ exome = {} }", '"exome"'),
            f"{FILE}:8: workflows: has to be a mapping, not 'exome'\n  write {{ key = value }}",
        ),
        (TFVARS.replace('"SPOT"', '"SPOTS"'), f"{FILE}:6: compute.spot.type: "),
        (TFVARS.replace('"111122223333"', "111122223333"), f"{FILE}:3: account_id: "),
        (TFVARS.replace('region      = "eu-west-1"', ""), f"{FILE}:1: key region is missing"),
        (TFVARS.replace('"eu-west-1"', "var.region"), f"{FILE}:4: only a constant can stand here"),
        (TFVARS.replace('"eu-west-1"', '"eu-${1}"'), f"{FILE}:4: only a constant can stand here"),
        (TFVARS + 'tags {\n a = "b"\n}\n', f"{FILE}:9: a variable is set with an equals sign"),
        (TFVARS + 'tags = {\n a = "b\n}\n', f"{FILE}:10: not valid HCL"),
        (
            TFVARS.replace('environment = "dev"', 'environment = "prod"'),
            f'{FILE}:2: environment is prod, and the file is of dev\n  write environment = "dev"',
        ),
    ],
)
def test_what_is_wrong_is_told_with_file_line_and_key(project: Path, text: str, told: str) -> None:
    assert text != TFVARS
    written(project, text)
    with pytest.raises(ManifestError) as caught:
        load("dev")
    assert caught.value.sentence().startswith(told)


def test_files_that_can_not_be_read_are_told(project: Path) -> None:
    (project / FILE).write_bytes(b"\xff\xfe")
    with pytest.raises(BatchyardError, match="not UTF-8"):
        load("dev")


def test_constants_of_every_kind_are_read() -> None:
    text = (
        "# a comment\nnumbers = [1, -2, 1.5, 1e3, (4)] // another\n"
        'words = ["a\\"b\\\\", "$${x} %%{y}", "é", ""]\n'
        'others = { yes = true, no = false, none = null, "a.b" : {}, "a b" = [ ] }\n'
    )
    document = tfvars.read(text, "x.tfvars")
    assert document.data == {
        "numbers": [1, -2, 1.5, 1000.0, 4],
        "words": ['a"b\\', "${x} %{y}", "é", ""],
        "others": {"yes": True, "no": False, "none": None, "a.b": {}, "a b": []},
    }
    assert document.where(("others", "none")) == "x.tfvars:4"


def test_an_environment_has_the_variables_of_the_root_module(project_root: Path) -> None:
    text = "".join(path.read_text() for path in sorted((project_root / "terraform").glob("*.tf")))
    assert set(re.findall(r'^variable "(\w+)"', text, re.MULTILINE)) == set(Environment.model_fields)


def test_the_environments_of_this_project_are_fine(
    project_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from batchyard import paths

    monkeypatch.setenv("BATCHYARD_ROOT", str(project_root))
    paths.project_root.cache_clear()
    try:
        assert [load(name).environment for name in available()] == available()
    finally:
        paths.project_root.cache_clear()
