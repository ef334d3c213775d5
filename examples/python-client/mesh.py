"""Connections to services of the mesh: mutual TLS, retries from the contract, and errors with reasons."""

import json
from pathlib import Path

import grpc

from contracts import Contracts, is_idempotent

# What gRPC and the mesh send besides the messages of services.
protocols = Contracts(Path(__file__).with_name("protocols.binpb"))

# The same numbers as a service of the mesh: docs/architecture.md.
RETRY_POLICY = {
    "maxAttempts": 3,
    "initialBackoff": "0.05s",
    "maxBackoff": "0.5s",
    "backoffMultiplier": 2,
    "retryableStatusCodes": ["UNAVAILABLE"],
}
RETRY_BUDGET = {"maxTokens": 10, "tokenRatio": 0.1}


def connect(contracts, service, address, tls_dir, name):
    """Returns a client of a service and its channel, with the certificate in a folder.

    The server's certificate must have the name, whatever its address."""
    methods = contracts.methods(service)
    repeated = [{"service": service, "method": method.name} for method in methods if is_idempotent(method)]
    config = {
        "methodConfig": [{"name": repeated, "retryPolicy": RETRY_POLICY}],
        "retryThrottling": RETRY_BUDGET,
    }
    options = [
        ("grpc.service_config", json.dumps(config)),
        ("grpc.ssl_target_name_override", name),
        ("grpc.keepalive_time_ms", 20_000),
    ]
    channel = grpc.secure_channel(address, credentials_in(tls_dir), options)
    return contracts.stub(channel, service), channel


def credentials_in(tls_dir):
    """Reads tls.crt, tls.key and ca.crt, as cert-manager mounts them."""
    folder = Path(tls_dir)
    return grpc.ssl_channel_credentials(
        root_certificates=(folder / "ca.crt").read_bytes(),
        private_key=(folder / "tls.key").read_bytes(),
        certificate_chain=(folder / "tls.crt").read_bytes(),
    )


class MeshError(Exception):
    """A call that failed, with what the service said about it."""

    def __init__(self, error):
        self.code = error.code().name
        self.message = error.details()
        self.reason = self.domain = ""
        self.metadata = {}
        self.violations = []
        details = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin", b"")
        for detail in protocols.message("google.rpc.Status").FromString(details).details:
            self._add(detail)
        super().__init__(f"{self.code} {self.reason}: {self.message}")

    def _add(self, detail):
        name = detail.type_url.rpartition("/")[2]
        if name == "google.rpc.ErrorInfo":
            info = protocols.message(name).FromString(detail.value)
            self.reason, self.domain, self.metadata = info.reason, info.domain, dict(info.metadata)
        if name == "google.rpc.BadRequest":
            found = protocols.message(name).FromString(detail.value).field_violations
            self.violations = [(violation.field, violation.description) for violation in found]
