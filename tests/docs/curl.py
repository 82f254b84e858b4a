"""As much of curl as the pages use: ``python -m tests.docs.curl [-s] [--json BODY] [-X METHOD] URL``."""

from __future__ import annotations

import argparse
import sys
import urllib.error
import urllib.request


def main() -> None:
    """Make the request and write the answer's body, whatever its status."""
    parser = argparse.ArgumentParser(prog="curl")
    parser.add_argument("-s", action="store_true")
    parser.add_argument("-X", dest="method")
    parser.add_argument("--json", type=str.encode)
    parser.add_argument("url")
    given = parser.parse_args()
    request = urllib.request.Request(given.url, data=given.json, method=given.method)
    if given.json is not None:
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            sys.stdout.write(answer.read().decode())
    except urllib.error.HTTPError as refused:
        sys.stdout.write(refused.read().decode())


if __name__ == "__main__":
    main()
