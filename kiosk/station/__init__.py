"""Serves the station API on loopback. No call makes a rating."""
