"""A record of addresses."""

from tests.engine.kinds.sample import Beside, Sample

SAMPLE = Sample(
    name="www.example.com",
    beside=(Beside("dns-zone", "example.com"),),
    spec={"zone": "example.com", "values": ["192.0.2.1", "192.0.2.2"], "ttl": 60},
    updates={"values": (["192.0.2.3"], 1), "ttl": (300, 1)},
    hostile=("www", "www.example.com SOAP"),
)
