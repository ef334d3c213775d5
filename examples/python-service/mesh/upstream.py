"""Clients of other services, which are found in the registry."""

import json
import threading

import grpc

from .contracts import is_idempotent
from .registry import find_replicas

# The same numbers as a service in TypeScript: docs/architecture.md.
RETRY_POLICY = {
    "maxAttempts": 3,
    "initialBackoff": "0.05s",
    "maxBackoff": "0.5s",
    "backoffMultiplier": 2,
    "retryableStatusCodes": ["UNAVAILABLE"],
}
RETRY_BUDGET = {"maxTokens": 10, "tokenRatio": 0.1}


class Upstream:
    """A service that this one calls. `stub()` has a function for each RPC."""

    def __init__(self, nats, protocols, contracts, identity, name, service):
        self._find = lambda: tuple(find_replicas(nats, protocols, name))
        self._contracts, self._identity = contracts, identity
        self._name, self._service = name, service
        self._lock = threading.Lock()
        self._addresses = ()
        self._channel = self._stub = None

    def stub(self):
        """Returns a client of the replicas that are there now."""
        addresses = self._find()
        with self._lock:
            if self._identity.refresh() or addresses != self._addresses:
                self._open(addresses)
            return self._stub

    def close(self):
        if self._channel:
            self._channel.close()

    def _open(self, addresses):
        self.close()
        methods = self._contracts.methods(self._service)
        repeated = [{"service": self._service, "method": one.name} for one in methods if is_idempotent(one)]
        config = {
            "loadBalancingConfig": [{"round_robin": {}}],
            "methodConfig": [{"name": repeated, "retryPolicy": RETRY_POLICY}],
            "retryThrottling": RETRY_BUDGET,
        }
        options = [
            ("grpc.service_config", json.dumps(config)),
            # The server's certificate must have the name of the service, whatever its address.
            ("grpc.ssl_target_name_override", self._name),
        ]
        cert, key, ca = self._identity.files
        credentials = grpc.ssl_channel_credentials(ca, key, cert)
        self._channel = grpc.secure_channel("ipv4:" + ",".join(addresses), credentials, options)
        self._stub = self._contracts.stub(self._channel, self._service)
        self._addresses = addresses
