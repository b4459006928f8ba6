"""The clerk's console: a client of the station API and of nothing else. It never learns a level."""
