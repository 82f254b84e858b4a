"""A hundred thousand steps, fifty workers, hundreds of ended leases, and outages: what is promised holds at size."""
