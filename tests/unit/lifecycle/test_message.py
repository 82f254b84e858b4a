"""What a broker carries."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from flask_tasker.lifecycle import StepMessage, StepRef

refs = st.builds(StepRef, st.integers(1), st.text(min_size=1))
messages = st.builds(
    StepMessage,
    task_id=st.integers(1),
    handler=st.tuples(st.text(), st.text(), st.text()),
    steps=st.lists(refs).map(tuple),
)


@given(messages)
def test_a_message_comes_out_of_the_broker_as_it_went_in(message: StepMessage) -> None:
    assert StepMessage.from_json(json.loads(json.dumps(message.to_json()))) == message
