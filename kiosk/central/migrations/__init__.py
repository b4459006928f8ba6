"""Central's schema, step by step. A step relies on no project code: it must still run when that code has moved on."""
