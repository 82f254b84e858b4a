"""The tests of flask_tasker."""
