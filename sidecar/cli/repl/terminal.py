"""A prompt with history, completion and colours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import completion_is_selected, has_focus
from prompt_toolkit.history import FileHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.lexers import PygmentsLexer
from pygments.lexers.python import PythonLexer
from rich.console import Console as RichConsole
from rich.pretty import Pretty

from sidecar.cli.repl.completion import complete
from sidecar.core.schema import Schema


class Prompt:
    """The statements a person types.

    Args:
        names: What can be completed.
        schema: The app's.
        history: File of earlier statements.
    """

    def __init__(self, names: Mapping[str, object], schema: Schema, history: Path) -> None:
        self._complete: Callable[[str], bool] = bool
        history.parent.mkdir(parents=True, exist_ok=True)
        self._session: PromptSession[str] = PromptSession(
            ">>> ",
            multiline=True,
            prompt_continuation="... ",
            history=FileHistory(history),
            completer=_Candidates(names, schema),
            complete_while_typing=True,
            lexer=PygmentsLexer(PythonLexer),
            key_bindings=self._bindings(),
        )

    async def read(self, complete: Callable[[str], bool]) -> str | None:
        """Return the next statement; None after Ctrl-D."""
        self._complete = complete
        try:
            return await self._session.prompt_async()
        except EOFError:
            return None

    def _bindings(self) -> KeyBindings:
        bindings = KeyBindings()

        @bindings.add("enter", filter=has_focus(DEFAULT_BUFFER) & ~completion_is_selected)
        def enter(event: KeyPressEvent) -> None:
            """Run a whole statement; begin a new line of one that isn't."""
            buffer = event.current_buffer
            text = buffer.text
            if not buffer.document.current_line.strip():
                # An empty line ends a block, whatever the margin put into it.
                text = f"{text.rstrip()}\n"
            if self._complete(text):
                buffer.text = text
                buffer.validate_and_handle()
            else:
                buffer.newline(copy_margin=True)
                before = buffer.document.text_before_cursor.rstrip("\n ").splitlines()
                if before and before[-1].endswith(":"):
                    buffer.insert_text("    ")

        @bindings.add("enter", filter=completion_is_selected)
        def accept(event: KeyPressEvent) -> None:
            """Take the completion that is selected."""
            event.current_buffer.complete_state = None

        return bindings


class _Candidates(Completer):
    """Offers by itself after a dot and in strings and calls; all names only on Tab."""

    def __init__(self, names: Mapping[str, object], schema: Schema) -> None:
        self._names = names
        self._schema = schema

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        text = document.text_before_cursor
        if complete_event.completion_requested or text[-1:] in (".", "(", '"', "'", "$"):
            for one in complete(text, self._names, self._schema):
                yield Completion(one.text, -one.length, display_meta=one.about)


def show(value: object) -> None:
    """Print a value over as many lines as it takes to read it."""
    RichConsole().print(Pretty(value, max_length=100, max_string=2000))
