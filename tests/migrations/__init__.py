"""The tables: models, frozen migrations and the commands, compared by what the databases say that they have."""
