"""Tests of the README and the guide: their snippets run, their links lead somewhere."""
