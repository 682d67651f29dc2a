"""The read-eval-print loop: Python with top-level `await`, on the loop the client runs on.

1. Ctrl-C stops the statement wherever it is, and nothing else: code that runs gets a
   KeyboardInterrupt, an `await` is cancelled.
2. Where lines come from is not its business: a terminal's prompt, or a pipe.
3. An error of the sidecar's is one line; any other shows the traceback of the user's own code.
"""

from __future__ import annotations

import ast
import asyncio
import codeop
import inspect
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Protocol

from sidecar.cli.report import describe
from sidecar.core.errors import SidecarError

FILENAME = "<repl>"

Show = Callable[[object], None]
"""Prints a value."""


class Source(Protocol):
    """Where statements come from."""

    async def read(self, complete: Callable[[str], bool]) -> str | None:
        """Return the next statement, or None at the end.

        Args:
            complete: Tells whether a text is a whole statement, rather than the beginning of one.

        Raises:
            KeyboardInterrupt: The user gave up the statement.
        """


class Console:
    """Runs statements in one namespace.

    Attributes:
        names: The namespace.
        failed: Whether a statement ended in an error.
    """

    def __init__(self, names: dict[str, object], show: Show) -> None:
        self.names = names
        self.failed = False
        self._show = show
        self._compile = codeop.CommandCompiler()
        self._compile.compiler.flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT

    async def run(self, source: Source, *, stop_at_error: bool) -> None:
        """Run statements until the source ends, or one fails."""
        while True:
            try:
                statement = await source.read(self.is_complete)
            except KeyboardInterrupt:
                continue
            if statement is None:
                return
            try:
                await self.execute(statement)
            except SystemExit:
                return
            if self.failed and stop_at_error:
                return

    def is_complete(self, text: str) -> bool:
        """Tell whether a text is a whole statement; a wrong one is, so that its error shows."""
        try:
            return self._compile(text, FILENAME, "single") is not None
        except (SyntaxError, ValueError, OverflowError):
            return True

    async def execute(self, statement: str) -> None:
        """Run a statement and print its value or its error.

        Raises:
            SystemExit: The statement asked to leave.
        """
        try:
            code = self._compile(statement, FILENAME, "single")
            if code is not None:
                await self._run(code)
        except SystemExit:
            raise
        except SidecarError as error:
            self._fail(describe(error))
        except (KeyboardInterrupt, asyncio.CancelledError):
            self._fail("interrupted")
        except BaseException as error:  # noqa: BLE001 - the user's code may raise anything
            self._fail(_trace(error))

    async def _run(self, code: CodeType) -> None:
        task = asyncio.current_task()
        assert task is not None
        with _display(self._display), _interrupts(task):
            value = FunctionType(code, self.names)()
            if inspect.iscoroutine(value):
                await value

    def _display(self, value: object) -> None:
        if value is None:
            return
        if inspect.iscoroutine(value):
            value.close()
            print("This is a coroutine: write `await` before the call.", file=sys.stderr)
            return
        self.names["_"] = value
        self._show(value)

    def _fail(self, message: str) -> None:
        self.failed = True
        print(message, file=sys.stderr, flush=True)


@contextmanager
def _display(hook: Callable[[object], None]) -> Iterator[None]:
    """Let Python give the values of expression statements to `hook`."""
    before = sys.displayhook
    sys.displayhook = hook
    try:
        yield
    finally:
        sys.displayhook = before


@contextmanager
def _interrupts(task: asyncio.Task[object]) -> Iterator[None]:
    """Let Ctrl-C stop a statement: its code where that runs, else what it awaits."""
    loop = asyncio.get_running_loop()

    def interrupt(_number: int, frame: FrameType | None) -> None:
        while frame is not None:
            if frame.f_code.co_filename == FILENAME:
                raise KeyboardInterrupt
            frame = frame.f_back
        loop.call_soon_threadsafe(task.cancel)

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _trace(error: BaseException) -> str:
    """Return a traceback from the user's code on, without the prompt's own frames."""
    shown = traceback.TracebackException.from_exception(error)
    files = [frame.filename for frame in shown.stack]
    first = files.index(FILENAME) if FILENAME in files else len(files)
    ours = str(Path(__file__).parent)
    frames = [frame for frame in shown.stack[first:] if not frame.filename.startswith(ours)]
    shown.stack = traceback.StackSummary.from_list(frames)
    return "".join(shown.format()).rstrip()
