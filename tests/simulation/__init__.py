"""Device, disk, network, clock and central in one process under one seed: a week of a terminal in seconds."""
