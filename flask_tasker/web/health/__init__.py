"""Whether the app is well: for load balancers, and for those who look after it."""
