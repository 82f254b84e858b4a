"""Tests of the house rules that no linter knows."""
