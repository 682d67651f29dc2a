"""What a window shows: its own, and of no concern to another device."""

from __future__ import annotations

from sidecar.app.shapes import Shape
from sidecar.core.client_document import ClientDocument


class UiState(Shape):
    """The selected persona, and what is searched for."""

    selectedPersonaId: str | None = None
    searchText: str = ""


ui_state = ClientDocument("uiState", UiState)
