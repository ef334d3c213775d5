"""Starts the service: python3 main.py, with the settings of a service in TypeScript, see docs/settings.md."""

import logging
import os
import signal
import sys
import threading
from pathlib import Path

from loyalty import LoyaltyService, earn_points
from mesh.contracts import Contracts
from mesh.events import Consumer, Outbox
from mesh.identity import Identity
from mesh.nats import Nats
from mesh.registry import Registration
from mesh.server import Callers, Health, open_server
from mesh.upstream import Upstream
from store import Store

FOLDER = Path(__file__).parent
SERVICE = "loyalty"
DRAIN_S = 5


def main():
    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "info").upper(), format="%(levelname)s %(name)s: %(message)s")
    missing = [name for name in ("MESH_TLS_DIR", "NATS_URL") if not os.environ.get(name)]
    if missing:
        sys.exit(f"{' and '.join(missing)} must be set")
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "0")
    # In production only the gateway may sign tokens for customers.
    issuers = os.environ.get("MESH_ISSUERS", "gateway,developer").split(",")

    contracts, protocols = Contracts(FOLDER / "contracts.binpb"), Contracts(FOLDER / "protocols.binpb")
    identity = Identity(os.environ["MESH_TLS_DIR"])
    store = Store(os.environ.get("DATABASE", FOLDER / "loyalty.db"))
    nats = Nats(os.environ["NATS_URL"], SERVICE)
    orders = Upstream(nats, protocols, contracts, identity, "orders", "orders.v1.OrderService")
    outbox = Outbox(nats, identity, store, "loyalty_v1", "loyalty.v1.*")

    service = LoyaltyService(contracts, protocols, Callers(identity, issuers), store)
    health = Health(protocols, lambda: "" if nats.is_connected else "NATS can't be reached")
    handlers = [
        contracts.handlers("loyalty.v1.LoyaltyService", service),
        protocols.handlers("grpc.health.v1.Health", health),
    ]
    server, port = open_server(identity, handlers, f"{host}:{port}")
    server.start()
    registration = Registration(nats, protocols, SERVICE, os.environ.get("MESH_ADVERTISE") or f"{host}:{port}")
    confirmed = contracts.message("orders.v1.OrderConfirmed")
    handle = earn_points(contracts, orders, store, outbox)
    consumer = Consumer(nats, identity, SERVICE, "orders.v1.order_confirmed", confirmed, handle)
    logging.info("listening on %s:%s", host, port)

    ending = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ending.set())
    ending.wait()
    # First no process finds this one any more, then its calls and events end.
    registration.close()
    server.stop(DRAIN_S).wait()
    for part in (consumer, outbox, orders, nats, store):
        part.close()


if __name__ == "__main__":
    main()
