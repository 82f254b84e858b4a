"""Log lines of a running app, and secrets that neither they nor the API show."""
