"""The client as other programs run it, before a real station."""

from tests.station.conftest import house as house
from tests.station.conftest import make_house as make_house
