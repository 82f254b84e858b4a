"""The dashboard: pages for people, made on the server, inside the host's own app."""
