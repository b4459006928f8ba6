"""One function for each line of the table in `kiosk.core.visit`, by what it is about: `begin`, `rate`, `ending`,
`phone`, `house`; `moves` is what they share."""
