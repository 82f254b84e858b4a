"""The engine held to its promises by random histories: Hypothesis state machines over the real engine and database."""
