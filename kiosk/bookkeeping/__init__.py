"""What `kiosk journal` does: looks at the journal, checks it, hands it over, and reads what was set aside."""
