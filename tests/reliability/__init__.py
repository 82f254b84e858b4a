"""What holds when something goes wrong: timeouts, lost leases and answers, operators, hostile handlers."""
