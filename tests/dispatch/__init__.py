"""The transports: what every one of them must do, and what worker processes must survive."""
