"""Intervals by the points they contain: a treap, in which each node knows its subtree's end.

Invariants:

1. Nodes are in order of their intervals; an interval is there once, with its keys, never without.
2. A node's priority is at least its children's. Priorities are spread by the golden ratio, so the
   expected depth is logarithmic whatever the order of insertion.
3. `end` is the largest upper bound in a node's subtree.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Final, Generic, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)

Interval = tuple[bytes, bytes]
"""Lower and upper bound; both belong to it."""

_GOLDEN: Final = 0x9E3779B97F4A7C15


class _Node(Generic[KeyT]):
    __slots__ = ("end", "interval", "keys", "left", "priority", "right")

    def __init__(self, interval: Interval, priority: int) -> None:
        self.interval = interval
        self.priority = priority
        self.end = interval[1]
        self.keys: dict[KeyT, None] = {}
        self.left: _Node[KeyT] | None = None
        self.right: _Node[KeyT] | None = None

    def settled(self) -> _Node[KeyT]:
        """Return the node itself, its end brought up to date."""
        below = [child.end for child in (self.left, self.right) if child is not None]
        self.end = max([self.interval[1], *below])
        return self


class Intervals(Generic[KeyT]):
    """A set of intervals, each with keys."""

    def __init__(self) -> None:
        self._root: _Node[KeyT] | None = None
        self._nodes: dict[Interval, _Node[KeyT]] = {}
        self._made = 0

    def __len__(self) -> int:
        return len(self._nodes)

    def add(self, interval: Interval, key: KeyT) -> None:
        """Add a key to an interval."""
        node = self._nodes.get(interval)
        if node is None:
            self._made += 1
            node = _Node(interval, self._made * _GOLDEN % 2**64)
            self._nodes[interval] = node
            self._root = _inserted(self._root, node)
        node.keys[key] = None

    def discard(self, interval: Interval, key: KeyT) -> None:
        """Take a key from an interval that has it."""
        node = self._nodes[interval]
        del node.keys[key]
        if not node.keys:
            del self._nodes[interval]
            self._root = _removed(self._root, interval)

    def at(self, point: bytes) -> Iterator[KeyT]:
        """Yield the keys of the intervals that contain a point."""
        nodes = [self._root]
        while nodes:
            node = nodes.pop()
            if node is None or node.end < point:
                continue
            nodes.append(node.left)
            low, high = node.interval
            if low <= point:
                if point <= high:
                    yield from node.keys
                nodes.append(node.right)


def _inserted(tree: _Node[KeyT] | None, node: _Node[KeyT]) -> _Node[KeyT]:
    if tree is None:
        return node
    if node.priority > tree.priority:
        node.left, node.right = _split(tree, node.interval)
        return node.settled()
    if node.interval < tree.interval:
        tree.left = _inserted(tree.left, node)
    else:
        tree.right = _inserted(tree.right, node)
    return tree.settled()


def _removed(tree: _Node[KeyT] | None, interval: Interval) -> _Node[KeyT] | None:
    assert tree is not None, "only what is there is removed"
    if interval == tree.interval:
        return _joined(tree.left, tree.right)
    if interval < tree.interval:
        tree.left = _removed(tree.left, interval)
    else:
        tree.right = _removed(tree.right, interval)
    return tree.settled()


def _split(
    tree: _Node[KeyT] | None, interval: Interval
) -> tuple[_Node[KeyT] | None, _Node[KeyT] | None]:
    """Return a tree's nodes before an interval that it lacks, and those after it."""
    if tree is None:
        return None, None
    if tree.interval < interval:
        tree.right, after = _split(tree.right, interval)
        return tree.settled(), after
    before, tree.left = _split(tree.left, interval)
    return before, tree.settled()


def _joined(before: _Node[KeyT] | None, after: _Node[KeyT] | None) -> _Node[KeyT] | None:
    if before is None or after is None:
        return before or after
    if before.priority > after.priority:
        before.right = _joined(before.right, after)
        return before.settled()
    after.left = _joined(before, after.left)
    return after.settled()
