"""Tests of the station API."""
