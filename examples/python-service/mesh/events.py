"""Events: a consumer that handles each one once, and an outbox that sends each one at least once."""

import hashlib
import json
import logging
import threading
import urllib.parse
import uuid

from .identity import Untrusted, encode
from .nats import NatsError

DAY_NS = 24 * 60 * 60 * 10**9
RETRY_DELAYS_S = (1, 5, 30, 120, 300)
log = logging.getLogger("events")


class InvalidEvent(Exception):
    """An event that no further attempt can handle."""


def signed_claims(event_id, subject, payload):
    return {"jti": event_id, "event": subject, "hash": encode(hashlib.sha256(payload).digest())}


def ensure_stream(nats, name, subject, days=7):
    """Creates a stream with the limits of those of services in TypeScript, unless it is there."""
    try:
        nats.call(f"STREAM.INFO.{name}")
    except NatsError as error:
        if getattr(error, "code", 0) != 404:
            raise
        limits = {"max_bytes": 1024**3, "max_age": days * DAY_NS, "duplicate_window": 600 * 10**9, "discard": "new"}
        nats.call(f"STREAM.CREATE.{name}", {"name": name, "subjects": [subject], "storage": "file", **limits})


class Consumer:
    """Receives the events of one type, one after the other, by a durable consumer that all replicas share."""

    def __init__(self, nats, identity, service, subject, message, handle):
        self._nats, self._identity, self._handle, self._message = nats, identity, handle, message
        self._service, self._subject = service, subject
        package, _, self._event = subject.rpartition(".")
        self._owner = ".".join(package.split(".")[:-1])
        self._stream = package.replace(".", "_")
        self._durable = f"{service}_{subject.replace('.', '_')}"
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self):
        self._closing.set()
        self._thread.join()

    def _run(self):
        is_failing = False
        while not self._closing.is_set():
            try:
                self._ensure()
                is_failing = False
                while not self._closing.is_set():
                    self._receive()
            except NatsError as error:
                if not is_failing:
                    log.warning("waiting for events: %s", error)
                is_failing = True
                self._closing.wait(1)

    def _ensure(self):
        ensure_stream(self._nats, self._stream, self._subject.replace(self._event, "*"))
        config = {
            "durable_name": self._durable,
            "filter_subject": self._subject,
            "ack_policy": "explicit",
            "deliver_policy": "all",
            "ack_wait": 30 * 10**9,
            "max_ack_pending": 256,
            "max_deliver": -1,
        }
        request = {"stream_name": self._stream, "config": config}
        self._nats.call(f"CONSUMER.CREATE.{self._stream}.{self._durable}.{self._subject}", request)

    def _receive(self):
        pull = json.dumps({"batch": 1, "expires": 10**9}).encode()
        delivery = self._nats.request(f"$JS.API.CONSUMER.MSG.NEXT.{self._stream}.{self._durable}", pull, timeout=3)
        if delivery.status == 0:
            self._settle(delivery)
        elif delivery.status not in (404, 408):
            raise NatsError(f"{self._durable}: status {delivery.status}")

    def _settle(self, delivery):
        attempt = int(delivery.reply.split(".")[-5])  # $JS.ACK.….<deliveries>.<sequence>.<sequence>.<time>.<pending>
        try:
            self._handle(self._event_of(delivery), Delivery(delivery))
        except Exception as error:
            if not isinstance(error, InvalidEvent) and attempt <= len(RETRY_DELAYS_S):
                log.warning("an event failed; retrying: %r", error)
                delay = json.dumps({"delay": RETRY_DELAYS_S[attempt - 1] * 10**9})
                return self._nats.publish(delivery.reply, f"-NAK {delay}".encode())
            self._dead_letter(delivery, attempt, error)
        self._nats.publish(delivery.reply, b"+ACK")

    def _event_of(self, delivery):
        """Returns the event. Raises InvalidEvent unless the service that owns it has signed it."""
        event_id = delivery.headers.get("Nats-Msg-Id", "")
        try:
            claims, issuer = self._identity.verify(delivery.headers.get("mesh-signature", ""), "mesh-event+jwt")
        except Untrusted as error:
            raise InvalidEvent(f"the signature of the event is not valid: {error}") from error
        expected = signed_claims(event_id, delivery.subject, delivery.data)
        if issuer != self._owner or any(claims.get(name) != value for name, value in expected.items()):
            raise InvalidEvent("the signature is of another event or service")
        try:
            return self._message.FromString(delivery.data)
        except Exception as error:
            raise InvalidEvent(f"the event can't be decoded: {error}") from error

    def _dead_letter(self, delivery, attempt, error):
        event_id = delivery.headers.get("Nats-Msg-Id", "")
        kept = {name: value for name, value in delivery.headers.items() if not name.lower().startswith("nats-")}
        headers = {
            **kept,
            "mesh-dead-letter-reason": " ".join(str(error).split())[:500],
            "mesh-dead-letter-consumer": self._durable,
            "mesh-dead-letter-deliveries": str(attempt),
            "mesh-event-id": event_id,
            "Nats-Msg-Id": f"{self._durable}/{event_id}",
        }
        ensure_stream(self._nats, "dead_letters", "dead_letters.>", days=30)
        self._nats.store(f"dead_letters.{self._service}.{delivery.subject}", delivery.data, headers)
        log.error("dead-lettered an event: %r", error)


class Delivery:
    """What a handler gets besides the event."""

    def __init__(self, delivery):
        self.id = delivery.headers["Nats-Msg-Id"]
        # W3C Trace Context: the calls and events of the handler are in the same trace.
        self.trace = delivery.headers.get("traceparent") or f"00-{uuid.uuid4().hex}-{uuid.uuid4().hex[:16]}-01"


class Outbox:
    """Sends the events that committed transactions have left in the store, in their order, until NATS has stored each."""

    def __init__(self, nats, identity, store, stream, subject):
        self._nats, self._identity, self._store = nats, identity, store
        self._stream, self._subject = stream, subject
        self._wake = threading.Event()
        self._is_closing = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def add(self, tx, subject, key, message, trace):
        """Adds an event to a transaction."""
        event_id, payload = str(uuid.uuid4()), message.SerializeToString()
        headers = {
            "mesh-key": urllib.parse.quote(key, safe=""),
            "mesh-signature": self._identity.sign("mesh-event+jwt", signed_claims(event_id, subject, payload)),
            "traceparent": trace,
            "Nats-Msg-Id": event_id,
            "Nats-Expected-Stream": self._stream,
        }
        tx.execute(
            "insert into outbox (subject, headers, payload) values (?, ?, ?)", (subject, json.dumps(headers), payload)
        )

    def poke(self):
        """Looks for events now instead of after 200 ms."""
        self._wake.set()

    def close(self):
        """Sends what is left, and stops."""
        self._is_closing = True
        self.poke()
        self._thread.join()

    def _run(self):
        is_failing = False
        while not self._is_closing:
            self._wake.wait(0.2)
            self._wake.clear()
            try:
                self._send()
                is_failing = False
            except NatsError as error:
                if not is_failing:
                    log.warning("events wait in the outbox: %s", error)
                is_failing = True

    def _send(self):
        for position, subject, headers, payload in self._store.unsent():
            ensure_stream(self._nats, self._stream, self._subject)
            self._nats.store(subject, payload, json.loads(headers))
            self._store.sent(position)
