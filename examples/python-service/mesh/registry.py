"""The registry of the mesh: this process registers, and finds the replicas of other services."""

import base64
import logging
import threading
import time
import uuid

from .nats import NatsError

HEARTBEAT_S = 0.5
BUCKET = "mesh_registry"
log = logging.getLogger("registry")


class Registration:
    """Writes every 500 ms where this process accepts calls, until it is closed."""

    def __init__(self, nats, protocols, service, address):
        replica = {"service": service, "id": str(uuid.uuid4()), "address": address}
        self._entry = protocols.message("mesh.v1.RegisteredReplica")(**replica)
        self._entry.started_at.GetCurrentTime()
        self._subject = f"$KV.{BUCKET}.{service}.{replica['id']}"
        self._nats = nats
        self._closing = threading.Event()
        self.is_registered = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._closing.is_set():
            started_at = time.monotonic()
            self._beat()
            self._closing.wait(max(0, HEARTBEAT_S - (time.monotonic() - started_at)))

    def _beat(self):
        try:
            self._entry.nats_server = self._nats.server_id
            # The first service in TypeScript creates the bucket.
            self._nats.store(self._subject, self._entry.SerializeToString())
            if not self.is_registered:
                log.info("registered as %s", self._entry.address)
            self.is_registered = True
        except NatsError as error:
            if self.is_registered:
                log.warning("not registered: %s", error)
            self.is_registered = False

    def close(self):
        """Leaves, so that no process calls this one any more."""
        self._closing.set()
        self._thread.join()
        try:
            self._nats.store(self._subject, b"", {"KV-Operation": "DEL"})
        except NatsError:
            pass  # The entry expires after 5 s.


def find_replicas(nats, protocols, service):
    """Returns the addresses of the replicas of a service."""
    addresses, position = [], 1
    while True:
        request = {"seq": position, "next_by_subj": f"$KV.{BUCKET}.{service}.*"}
        try:
            message = nats.call(f"STREAM.MSG.GET.KV_{BUCKET}", request)["message"]
        except NatsError as error:
            if getattr(error, "code", 0) == 404:
                return addresses
            raise
        position = message["seq"] + 1
        if b"KV-Operation" not in base64.b64decode(message.get("hdrs", "")):
            entry = protocols.message("mesh.v1.RegisteredReplica").FromString(base64.b64decode(message["data"]))
            addresses.append(entry.address)
