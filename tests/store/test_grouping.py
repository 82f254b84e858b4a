"""Group commit: who is interrupted while it waits for its turn keeps nobody waiting."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Sequence
from contextlib import suppress

from flask_tasker.store.grouping import Group


class Interruption(BaseException):
    """What is thrown into a thread."""


def test_a_thread_that_is_interrupted_while_it_waits_passes_its_turn_on() -> None:
    group = Group[int, int]()
    writing, go_on = threading.Event(), threading.Event()

    def slow(items: Sequence[int]) -> Sequence[int]:
        writing.set()
        go_on.wait(10)
        return items

    def wait_for_it() -> None:
        with suppress(Interruption):
            group.submit([2], lambda items: items)

    first = threading.Thread(target=group.submit, args=([1], slow))
    first.start()
    assert writing.wait(10)
    second = threading.Thread(target=wait_for_it)
    second.start()
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(second.ident or 0), ctypes.py_object(Interruption))
    go_on.set()
    first.join(10)
    second.join(10)

    found: list[int] = []
    third = threading.Thread(target=lambda: found.extend(group.submit([3], lambda items: items)), daemon=True)
    third.start()
    third.join(10)
    assert found == [3]
