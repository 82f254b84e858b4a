"""The hot path on PostgreSQL: each of claim, record and create is one prepared statement over arrays.

A transaction a step, in statements that SQLAlchemy compiles and PostgreSQL plans anew each time, costs several times
what the writes themselves do. Here a statement is built once, prepared once for each connection, and serves one step as
well as fifty of different tasks: what the threads of a process have ready is written together (``store/grouping.py``).

Each statement covers only what is common. What it leaves out (a step that was asked to stop, a lease that is gone, an
answer that was lost, a task that ends in error) is left as it was, and done by the portable statements of ``store/``,
which are all that SQLite has. Both go through the same behaviour suite and the same model.
"""

from .claims import Wanted, claim_many
from .creation import NewSteps, Written, create_many
from .looks import Look, still_to_do
from .records import Completion, Followed, record_many
from .stencil import Stencil

__all__ = [
    "Completion",
    "Followed",
    "Look",
    "NewSteps",
    "Stencil",
    "Wanted",
    "Written",
    "claim_many",
    "create_many",
    "record_many",
    "still_to_do",
]
