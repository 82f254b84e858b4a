"""The dashboard in a real browser. They need Chromium: `make test-browser`."""
