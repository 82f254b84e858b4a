"""Tests of the dashboard: its pages, its actions, and what nobody may do with them."""
