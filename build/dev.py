#!/usr/bin/env python3
"""The one task runner: sets the project up, shows it, checks it, builds it.

Needs Python 3.11, Node 20.19 and npm; installs the rest into this tree (`.venv/`,
`electron-bridge/node_modules/`) and touches nothing else, save that on Debian, as root, it installs
Chromium where there is none.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

if sys.version_info < (3, 11):
    sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")

import chromium
from measure import program
from packing import Packed
from provision import BRIDGE, PYTHON, ROOT, VENV_BIN, ensure_bridge, ensure_npm, ensure_python
from provision import npm as npm_program
from stamps import Stamp, fingerprint
from steps import Command, Run, StepFailedError

DEMO_DIR = ROOT / "build" / "demo"
BUNDLE = ROOT / "build" / "dist"


def setup(run: Run) -> None:
    """Set up everything: .venv/, npm packages, the built bridge."""
    ensure_python(run)
    ensure_bridge(run)


def demo(run: Run, *, show: bool = False) -> None:
    """Move a real RxDB database over in Chromium and watch React live."""
    setup(run)
    options = ["--", "--open"] if show else []
    run.step(
        "demo",
        [npm_program(), "run", "--silent", "demo", *options],
        hint="The demo says above which of its expectations failed.",
        cwd=BRIDGE,
        env=_children_env(run) | {"DEMO_DIR": str(DEMO_DIR)},
        is_test=True,
    )


def test(run: Run) -> None:
    """Run every check: lint, types, schema, unit tests, the demo end to end."""
    lint(run)
    types(run)
    schema(run, check=True)
    setup(run)
    bundle(run)
    env = _children_env(run)
    with tempfile.TemporaryDirectory() as reports:
        report = Path(reports) / "pytest.xml"
        run.step(
            "pytest",
            [PYTHON, "-m", "pytest", "-n", "2", f"--junit-xml={report}"],
            hint="Run one test alone: .venv/bin/pytest FILE -k NAME",
            cwd=ROOT,
            env=env,
            report=report,
        )
        report = Path(reports) / "vitest.xml"
        reporters = ["--reporter=default", "--reporter=junit", f"--outputFile.junit={report}"]
        run.step(
            "vitest",
            [npm_program(), "test", "--silent", "--", *reporters],
            hint="Run one file alone, in electron-bridge: npx vitest run FILE",
            cwd=BRIDGE,
            env=env,
            report=report,
        )
    demo(run)


def lint(run: Run) -> None:
    """Check style and layers: ruff, biome, import-linter."""
    ensure_python(run)
    ensure_npm(run)
    ruff: Command = [PYTHON, "-m", "ruff"]
    run.step(
        "ruff check",
        [*ruff, "check", "."],
        hint="Many findings mend themselves: .venv/bin/ruff check --fix .",
        cwd=ROOT,
    )
    run.step(
        "ruff format --check",
        [*ruff, "format", "--check", "."],
        hint="Run .venv/bin/ruff format .",
        cwd=ROOT,
    )
    run.step(
        "biome",
        [npm_program(), "run", "--silent", "lint"],
        hint="Many findings mend themselves: npm run format (in electron-bridge)",
        cwd=BRIDGE,
    )
    run.step(
        "import-linter",
        [VENV_BIN / "lint-imports", "--no-logo"],
        hint="A module imports from a layer it must not know; pyproject.toml has the contracts.",
        cwd=ROOT,
    )


def types(run: Run) -> None:
    """Check types: mypy --strict, tsc."""
    ensure_python(run)
    ensure_npm(run)
    run.step(
        "mypy", [PYTHON, "-m", "mypy"], hint="Mend the types above; no casts, no Any.", cwd=ROOT
    )
    run.step(
        "tsc",
        [npm_program(), "run", "--silent", "types"],
        hint="Mend the types above; no casts, no any.",
        cwd=BRIDGE,
    )


def schema(run: Run, *, check: bool = False) -> None:
    """Regenerate rpc_schema/ and the bridge's types from the models."""
    ensure_python(run)
    ensure_npm(run)
    stale = "Generated files are stale. Run python3 build/dev.py schema and commit the result."
    broken = "The generator's error is above."
    run.step(
        "rpc_schema",
        [PYTHON, "-m", "sidecar.rpc.schema_export", *(["--check"] if check else [])],
        hint=stale if check else broken,
        cwd=ROOT,
    )
    run.step(
        "generated types",
        [npm_program(), "run", "--silent", "generate", *(["--", "--check"] if check else [])],
        hint=stale if check else broken,
        cwd=BRIDGE,
    )


def bench(
    run: Run,
    *,
    check: bool = False,
    quick: bool = False,
    source: bool = False,
    only: str | None = None,
    sizes: str | None = None,
    results: str | None = None,
) -> None:
    """Measure beside RxDB, LiveStore and the floors in one run, and hold ratios to budgets."""
    setup(run)
    if BUNDLE.is_dir() and not (source or results):
        bundle(run)
    flags = {"--check": check, "--quick": quick, "--source": source}
    recorded = results and str(Path(results).absolute())
    texts = {"--only": only, "--sizes": sizes, "--results": recorded}
    given = [flag for flag, is_set in flags.items() if is_set]
    told = [part for flag, text in texts.items() if text for part in (flag, text)]
    run.step(
        "bench",
        [PYTHON, "-m", "tests.bench", *given, *told],
        hint="The broken budgets, or the benchmark's error, are above.",
        cwd=ROOT,
        env=_children_env(run),
    )


def fuzz(run: Run, *, minutes: int | None = None, seed: int | None = None) -> None:
    """Ask RxDB and the sidecar random queries, and shrink what they answer differently."""
    setup(run)
    options = ["--minutes", str(minutes or 1), *([] if seed is None else ["--seed", str(seed)])]
    run.step(
        "fuzz",
        [PYTHON, "-m", "tests.oracle", *options],
        hint="Each difference is above, shrunk; tests/oracle/README.md says what RxDB leaves open.",
        cwd=ROOT,
        env=_children_env(run),
        is_test=True,
    )


def bundle(run: Run, *, schema: str | None = None, twice: bool = False) -> None:
    """Build the standalone sidecar into build/dist/sidecar/, start it and measure it."""
    ensure_python(run)
    packed = Packed.of(schema)
    if bundle_stamp().is_fresh() and schema is None:
        run.skip("bundle")
    else:
        _freeze(run, "bundle", BUNDLE, schema)
        bundle_stamp(packed.name).press()
    sidecar = program(BUNDLE / "sidecar", "sidecar")
    starts: dict[str, Command] = {"bundle starts": ["--version"], "bundle is well": ["doctor"]}
    if packed.name is not None:
        starts["bundle has the schema"] = ["schema", "--schema", packed.name]
    for name, command in starts.items():
        run.step(
            name,
            [sidecar, *command],
            hint="A module may be missing from the bundle: build/packing.py says what is left out.",
            cwd=ROOT,
            env={"SIDECAR_DATA_DIR": str(ROOT / "build" / "work" / "no-store")},
            is_test=True,
        )
    run.step(
        "bundle's cost",
        [PYTHON, ROOT / "build" / "measure.py", BUNDLE],
        hint="Find what it takes in that a server does not need, or what it does before it serves.",
        cwd=ROOT,
        is_test=True,
    )
    if twice:
        with tempfile.TemporaryDirectory() as again:
            _freeze(run, "bundle again", Path(again), schema)
            run.step(
                "bundle is the same",
                [PYTHON, ROOT / "build" / "same.py", BUNDLE / "sidecar", f"{again}/sidecar"],
                hint="docs/bundle.md says what makes two builds the same.",
                cwd=ROOT,
                is_test=True,
            )


def bundle_stamp(schema: str | None = None) -> Stamp:
    """Return the stamp of a bundle made of what is here now."""
    parts = ("constraints.txt", "sidecar.spec", "packing.py", "licences.py", "licences", "bare.py")
    inputs = (ROOT / "sidecar", *(ROOT / "build" / part for part in parts))
    return Stamp(BUNDLE, "bundle", fingerprint(inputs, sys.version, str(schema)))


def _freeze(run: Run, name: str, place: Path, schema: str | None) -> None:
    with tempfile.TemporaryDirectory() as work:
        places: Command = ["--distpath", place, "--workpath", work]
        quietly = ("--noconfirm", "--clean", "--log-level=ERROR")
        own = ("--", "--schema", schema) if schema else ()
        spec = ROOT / "build" / "sidecar.spec"
        run.step(
            name,
            [PYTHON, "-m", "PyInstaller", *quietly, *places, spec, *own],
            hint="PyInstaller says above what it missed; build/packing.py lists what is left out.",
            cwd=Path.cwd(),
            # Whatever a build takes from the clock or from chance is the same each time.
            env={"PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "315532800"},
        )


@dataclass(frozen=True)
class Verb:
    """One task: what it does, and how it is called.

    `flags`, `numbers` and `texts` are options: how it is written, its keyword, what it says.
    """

    run: Callable[..., None]
    examples: tuple[tuple[str, str], ...]
    flags: tuple[tuple[str, str, str], ...] = ()
    numbers: tuple[tuple[str, str, str], ...] = ()
    texts: tuple[tuple[str, str, str], ...] = ()


VERBS = {
    "setup": Verb(
        setup,
        (("setup", "a fresh clone becomes a working tree; a second run does nothing"),),
    ),
    "demo": Verb(
        demo,
        (
            ("demo", "migrates 200 personas and 5,000 memories, prints report and screenshot"),
            ("demo --open", "as above, and leaves the page open in a window"),
        ),
        (("--open", "show", "leave the page open in a window (needs a display)"),),
    ),
    "test": Verb(test, (("test", "what CI runs, in the same order; stops at the first failure"),)),
    "lint": Verb(lint, (("lint", "ruff check, ruff format --check, biome, import-linter"),)),
    "types": Verb(types, (("types", "mypy over sidecar/ and build/, tsc over electron-bridge/"),)),
    "schema": Verb(
        schema,
        (
            ("schema", "after changing an RPC model: writes rpc_schema/ and src/generated/"),
            ("schema --check", "writes nothing, fails when one of them is stale"),
        ),
        (("--check", "check", "fail when a generated file is stale, and write nothing"),),
    ),
    "bench": Verb(
        bench,
        (
            ("bench", "everything, about half an hour; writes tests/bench/results/"),
            ("bench --check", "as above, and fails when a ratio breaks tests/bench/budgets.toml"),
            ("bench --check --results tests/bench/results/latest.json", "checks a recorded run"),
            ("bench --only app,live --sizes 10000", "some of it; writes build/work/bench/"),
        ),
        (
            ("--check", "check", "fail when a budget is broken, and say by how much"),
            ("--quick", "quick", "small and few: whether it works, not how fast"),
            ("--source", "source", "serve from source though there is a bundle"),
        ),
        texts=(
            ("--only", "only", "some of average,app,growth,items,live,rendering,resources,moving"),
            ("--sizes", "sizes", "documents in app, growth and moving, as 1000,10000"),
            ("--results", "results", "file of a recorded run; nothing is measured"),
        ),
    ),
    "fuzz": Verb(
        fuzz,
        (
            ("fuzz", "a minute of queries that no run asked before; prints its seed"),
            ("fuzz --minutes 30 --seed 7", "half an hour of the queries of seed 7"),
        ),
        numbers=(
            ("--minutes", "minutes", "how long to ask"),
            ("--seed", "seed", "which queries; another seed each time without it"),
        ),
    ),
    "bundle": Verb(
        bundle,
        (
            ("bundle", "build/dist/sidecar/ runs where there is no Python installed"),
            ("bundle --schema app/schema.py", "as above, with an app's own schema in it"),
            ("bundle --twice", "builds a second time, and fails when a byte differs"),
        ),
        (("--twice", "twice", "build again and compare, byte for byte"),),
        texts=(("--schema", "schema", "the app's schema: MODULE:ATTR, or FILE.PY"),),
    ),
}


def _children_env(run: Run) -> dict[str, str]:
    path = chromium.ensure(run, ROOT)
    return {"SIDECAR_PYTHON": str(PYTHON), "CHROMIUM_PATH": str(path)}


def _examples(verbs: list[Verb]) -> str:
    lines = [example for verb in verbs for example in verb.examples]
    width = max(len(command) for command, _ in lines)
    shown = [f"  python3 build/dev.py {command:<{width}}  {says}" for command, says in lines]
    return "\n".join(["examples:", *shown])


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="python3 build/dev.py",
        description=__doc__,
        epilog=_examples(list(VERBS.values())),
        formatter_class=raw,
    )
    commands = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for name, verb in VERBS.items():
        command = commands.add_parser(
            name,
            help=verb.run.__doc__,
            description=verb.run.__doc__,
            epilog=_examples([verb]),
            formatter_class=raw,
        )
        for flag, keyword, says in verb.flags:
            command.add_argument(flag, dest=keyword, action="store_true", help=says)
        for flag, keyword, says in verb.numbers:
            command.add_argument(flag, dest=keyword, type=int, metavar="N", help=says)
        for flag, keyword, says in verb.texts:
            command.add_argument(flag, dest=keyword, metavar=keyword.upper(), help=says)
    return parser


def _terminate(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def main(arguments: list[str] | None = None) -> int:
    """Run one verb and say how it went.

    Returns:
        The exit code: 0 when every step went well, 1 when one failed, 130 after Ctrl-C.
    """
    options = vars(_parser().parse_args(arguments))
    name = options.pop("verb")
    signal.signal(signal.SIGTERM, _terminate)
    run = Run()
    try:
        VERBS[name].run(run, **options)
    except StepFailedError as error:
        print(f"\n{run.summary()}\nnext: {error}", file=sys.stderr)
        code = 1
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        code = 130
    else:
        print(f"\n{run.summary()}")
        code = 0
    if name == "test":
        print(run.tests, flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
