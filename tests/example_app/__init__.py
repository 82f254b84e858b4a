"""The example app, tested as a user of `flask_tasker.testing` would."""
