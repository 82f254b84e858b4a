"""What single layers cost, by pytest-benchmark."""
