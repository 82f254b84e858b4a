"""The factory of the suite's handlers, apart from the default one."""

from typing import Final

from flask_tasker import HandlerFactory

HANDLERS: Final = HandlerFactory()
