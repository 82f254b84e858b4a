"""The dashboard: pages for people, in the app that it is about."""
