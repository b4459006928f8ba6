"""The central server: ingest, profiles, receipts, ratings, devices. Never imports what runs on the terminal."""
