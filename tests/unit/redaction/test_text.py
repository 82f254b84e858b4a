"""Secrets in free text: errors, tracebacks, lines of a log."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_tasker.redaction import DEFAULT_RULES, NOTHING, REDACTED, Redactor

COMMON = Redactor(DEFAULT_RULES)
KEYS = Redactor(("*password*", "*token", "*cookie", "authorization"))
PIECES = [*"=: \n\"'\\()[]{},;&b", "password", "token", "cookie", "Bearer ", "authorization", "%5D", '"""', "a="]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("password=hunter2", f"password={REDACTED}"),
        ("login failed: password=hunter2, user=bob", f"login failed: password={REDACTED}, user=bob"),
        ("DB_PASSWORD = hunter2 for bob", f"DB_PASSWORD = {REDACTED} for bob"),
        ("db.password: hunter2", f"db.password: {REDACTED}"),
        ("{'password': 'hunter2', 'user': 'bob'}", f"{{'password': '{REDACTED}', 'user': 'bob'}}"),
        ('{"password": "hunt\\"er2", "user": "bob"}', f'{{"password": "{REDACTED}", "user": "bob"}}'),
        ('{\\"password\\": \\"hunter2\\", \\"user\\"}', f'{{\\"password\\": \\"{REDACTED}\\", \\"user\\"}}'),
        ("{'password': b'hunter2', 'a': 1}", f"{{'password': b'{REDACTED}', 'a': 1}}"),
        ('raise E("password=hunter2")\nE: no', f'raise E("password={REDACTED}")\nE: no'),
        ("password=hunter2(hunter2]hunter2'hunter2)", f"password={REDACTED})"),
        ("password = get(user)\nnext", f"password = {REDACTED})\nnext"),
        ("{password: hunter2}", f"{{password: {REDACTED}}}"),
        ('{"password": ["hunter2", {"a": "hunter2"}], "b": 1}', f'{{"password": {REDACTED}, "b": 1}}'),
        ('{"credentials": {"user": "x}y"}, "b": 1}', f'{{"credentials": {REDACTED}, "b": 1}}'),
        ('{"cvv": 123}', f'{{"cvv": {REDACTED}}}'),
        ("Authorization: Bearer hunter2 was refused", f"Authorization: {REDACTED} was refused"),
        ("{'Authorization': 'Basic hunter2=='}", f"{{'Authorization': '{REDACTED}'}}"),
        ("Cookie: a=hunter2; b=hunter2\nHost: x", f"Cookie: {REDACTED}\nHost: x"),
        ("GET /?access_token=hunter2&page=2", f"GET /?access_token={REDACTED}&page=2"),
        ("url=https://x.test/?token=hunter2", f"url=https://x.test/?token={REDACTED}"),
        ("postgresql://bob:hunter2@db/shop", f"postgresql://{REDACTED}@db/shop"),
        ("postgresql://bob:p@hunter2@db/shop", f"postgresql://{REDACTED}@db/shop"),
        ("postgresql://bob:pa/hunter2@db/shop", f"postgresql://{REDACTED}@db/shop"),
        ("git clone https://hunter2@x.test/a and b@c", f"git clone https://{REDACTED}@x.test/a and b@c"),
        ("redis://:hunter2@[::1]:6379/0", f"redis://{REDACTED}@[::1]:6379/0"),
        ("'https://hunter2:@x.test', '@b'", f"'https://{REDACTED}@x.test', '@b'"),
        ('password="hunter2 cut in the mid', f'password="{REDACTED}'),
        ("password=>'hunter2'", f"password=>'{REDACTED}'"),
        # Any scheme, and what it takes.
        ("Authorization: SSWS hunter2 x\nHost: y", f"Authorization: {REDACTED}\nHost: y"),
        ("Authorization: AWS4-HMAC-SHA256 Credential=a/b, Signature=hunter2", f"Authorization: {REDACTED}"),
        ('Proxy-Authorization: Digest username="bob", response="hunter2"', f"Proxy-Authorization: {REDACTED}"),
        ('Authorization: Token token="hunter2", nonce="hunter2"', f"Authorization: {REDACTED}"),
        ("curl -H 'Authorization: Bot hunter2' https://x.test", f"curl -H 'Authorization: {REDACTED}' https://x.test"),
        ('["Authorization: OAuth a=\\"hunter2\\"", "b"]', f'["Authorization: {REDACTED}", "b"]'),
        ("b'GET /\\r\\nAuthorization: SSWS hunter2\\r\\nA'", f"b'GET /\\r\\nAuthorization: {REDACTED}\\r\\nA'"),
        ("authorization=SSWS hunter2 user=bob", f"authorization={REDACTED} user=bob"),
        ('authorization=Digest username="a", response="hunter2"', f"authorization={REDACTED}"),
        ("authorization=none status=401", f"authorization={REDACTED} status=401"),
        (
            "PRIVATE_KEY=-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----\na",
            f"PRIVATE_KEY={REDACTED}\na",
        ),
        ("private_key: -----BEGIN EC PRIVATE KEY-----\nhunter2", f"private_key: {REDACTED}"),
        # Names in brackets, in pairs, in columns, and of several words.
        ("Key (api_key)=(hunter2) already exists.", f"Key (api_key)={REDACTED} already exists."),
        ("Key (user_id, api_key, x)=(7, hunter2, x) exists.", f"Key (user_id, api_key, x)={REDACTED} exists."),
        ("Key (lower(api_key::text))=(hunter2) exists.", f"Key (lower(api_key::text))={REDACTED} exists."),
        ("user[password]=hunter2&page=2", f"user[password]={REDACTED}&page=2"),
        ("user%5Bcvv%5D=hunter2&page=2", f"user%5Bcvv%5D={REDACTED}&page=2"),
        ("?next=%2Fa%3Fcvv%3Dhunter2", f"?next=%2Fa%3Fcvv%3D{REDACTED}"),
        ("%7B%22cvv%22%3A%22hunter2%22%7D", f"%7B%22cvv%22%3A{REDACTED}"),
        ("[(b'Authorization', b'Bearer hunter2')]", f"[(b'Authorization', b'{REDACTED}')]"),
        ('[["x-api-key", "hunter2"], ["a", "b"]]', f'[["x-api-key", "{REDACTED}"], ["a", "b"]]'),
        ("[\\'api_key\\', \\'hunter2\\']", f"[\\'api_key\\', \\'{REDACTED}\\']"),
        (
            '{"card number": "hunter2", "Password (new)": 1}',
            f'{{"card number": "{REDACTED}", "Password (new)": {REDACTED}}}',
        ),
        ('{\\"password hint\\": \\"hunter2\\"}', f'{{\\"password hint\\": \\"{REDACTED}\\"}}'),
        ("card.number=hunter2 API key: hunter2", f"card.number={REDACTED} API key: {REDACTED}"),
        # How far a value goes.
        ("Password:            hunter2", f"Password:            {REDACTED}"),
        ('password="""hunter2 "x\n"""+1', f'password="""{REDACTED}"""+1'),
        ("password='''hunter2'''", f"password='''{REDACTED}'''"),
        ('password=\\"\\"\\"hunter2\\"\\"\\"', f'password=\\"\\"\\"{REDACTED}\\"\\"\\"'),
        ("password='hun''ter2' or", f"password='{REDACTED}' or"),
        ('password=""hunter2"",', f'password=""{REDACTED}"",'),
        ('{\\"password\\": \\"hun\\\\\\"ter2\\", 1}', f'{{\\"password\\": \\"{REDACTED}\\", 1}}'),
        ('"password":\n  "hunter2",', f'"password":\n  "{REDACTED}",'),
        ('"password" =\r\n["hunter2"],', f'"password" =\r\n{REDACTED},'),
        ("password=hun,ter2;hunter2&hunter2 x", f"password={REDACTED} x"),
        ("password=hunter2,user=bob;password=hunter2;a:1", f"password={REDACTED},user=bob;password={REDACTED};a:1"),
        ("password=(hun)ter2", f"password={REDACTED}"),
        ("db:\n  - password: correct hunter2\n  - a: b", f"db:\n  - password: {REDACTED}\n  - a: b"),
        ("password: correct hunter2, user: bob", f"password: {REDACTED}, user: bob"),
        ("secret=", "secret="),
        ("the password is wrong", "the password is wrong"),
        ("token", "token"),
        ("", ""),
    ],
)
def test_the_values_of_keys_are_blanked(text: str, shown: str) -> None:
    assert COMMON.redacted_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "step 'charge' of task 7 failed",
        "task_id=7 step=charge attempt=2",
        "a: b, c: d",
        "password reset: done",
        "the password is wrong: try again",
        "failed (no token): try again",
        "KeyError: 'password'",
        "fields: ['password', 'user', 'city']",
        "('password', 1, 'user')",
        "Key (user_id)=(7) is not present",
        "'token' is no key of {'a': 1}",
        "https://x.test/@bob/a, http://localhost:8000/?mail=bob@x.test",
        "https://x.test/ and bob@x.test",
        "he said 'my token' and 'b': c",
    ],
)
def test_text_without_secrets_is_given_back_itself(text: str) -> None:
    assert COMMON.redacted_text(text) is text


def test_a_pattern_and_a_key_that_meet_are_blanked_together() -> None:
    redactor = Redactor(("password", r"/hunter\d now/"))
    assert redactor.redacted_text("password=hunter2 now") == f"password={REDACTED}"


@pytest.mark.parametrize("text", ["postgresql://bob:hunter2@db/shop", "password=hunter2, and more"])
def test_a_secret_that_goes_on_behind_the_beginning_of_a_text_is_blanked(text: str) -> None:
    shown = COMMON.redacted_text(text)
    for most in range(len(text)):
        begun = COMMON.redacted_beginning(text, most)
        assert begun == text[:most] or begun.endswith(REDACTED) or begun == shown[: len(begun)]
        assert "hunter" not in begun
    assert NOTHING.redacted_beginning(text, 5) == text[:5]


def test_without_rules_text_is_given_back_itself() -> None:
    text = "password=hunter2"
    assert NOTHING.redacted_text(text) is text


@given(st.text(max_size=80), st.sampled_from(["password={}", "token: {}", '"secret": "{}"', "'api_key': '{}'"]))
def test_no_text_around_it_lets_a_secret_through(around: str, form: str) -> None:
    # Where the text before ends in a letter, the key is another one.
    shown = COMMON.redacted_text(f"{around} {form.format('S3CR3T')} {around}")
    assert "S3CR3T" not in shown


@given(st.lists(st.text(max_size=5) | st.sampled_from(PIECES), max_size=14).map("".join))
def test_once_blanked_there_is_nothing_left_to_blank(text: str) -> None:
    once = KEYS.redacted_text(text)
    assert KEYS.redacted_text(once) == once


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "password=",
            'password="',
            'password=\\"',
            "password={",
            "a",
            "-",
            ":",
            " ",
            "\\",
            "Cookie: a=b;",
            "://a",
            "://a@",
            "@",
        ),
        *("password:", "password: ", "password:\n", "\npassword: a,", "password=a,", "password='''", "\n", '"', "'"),
        *("Authorization: ", "'Authorization: =\"", '"a b":', ".a:", "('password','", "(password)=(", "%5D", ",a"),
    ],
)
def test_the_time_grows_with_the_text_and_not_with_its_square(piece: str) -> None:
    assert seconds_for(piece * (300_000 // len(piece))) < 20


@pytest.mark.parametrize("piece", [" ", "\n", '"', "'", ",", ";", "\\", ",a", "%"])
@pytest.mark.parametrize("name", ["password=", "password: ", '"Authorization: ', "('password', '"])
def test_nor_does_the_time_for_what_stands_after_a_name(name: str, piece: str) -> None:
    assert seconds_for(name + piece * (200_000 // len(piece))) < 20


def seconds_for(text: str) -> float:
    """How long a processor works on it; a square would be minutes."""
    before = time.process_time()
    COMMON.redacted_text(text)
    return time.process_time() - before
