"""What may happen, by who does it; each rule is a move that a history may contain."""

from tests.model.rules.creating import Creating
from tests.model.rules.operating import Operating
from tests.model.rules.passing import Passing
from tests.model.rules.racing import Racing
from tests.model.rules.stepwise import Stepwise
from tests.model.rules.working import Working

__all__ = ["Creating", "Operating", "Passing", "Racing", "Stepwise", "Working"]
