"""How the extension lives in a host app."""
