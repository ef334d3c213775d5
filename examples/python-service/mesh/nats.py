"""A small client of NATS: publish and request, with headers, TLS, a login, and connections that come again.

https://docs.nats.io/reference/reference-protocols/nats-protocol. nats-py does the same for asyncio. This one needs no package, and has
threads, as grpcio has."""

import concurrent.futures
import itertools
import json
import logging
import secrets
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

TIMEOUT_S = 2
log = logging.getLogger("nats")


class NatsError(Exception):
    """NATS can't be reached, has not responded in time, or has rejected a request."""


@dataclass
class Message:
    """A message. `status` is that of NATS itself, such as 404 or 503, and 0 for those of clients."""

    subject: str
    data: bytes
    headers: dict = field(default_factory=dict)
    reply: str = ""
    status: int = 0


class Nats:
    """A connection to one of the servers of a URL, which is opened again whenever it is lost."""

    def __init__(self, url, name):
        self._servers = [urlsplit(one.strip()) for one in url.split(",")]
        self._name = name
        self._user = unquote(self._servers[0].username or "")
        self._password = unquote(self._servers[0].password or "")
        # NATS lets a user receive only what is sent to these subjects.
        self._inbox = f"_INBOX.{self._user}" if self._user else "_INBOX"
        self._waiting = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._socket = None
        self._is_closing = False
        self.server_id = ""
        threading.Thread(target=self._run, daemon=True).start()

    @property
    def is_connected(self):
        return self._socket is not None

    def publish(self, subject, data, headers=None, reply=""):
        """Sends a message. Raises NatsError if NATS is not connected; nothing says that the message arrived."""
        block = b"".join(f"{name}: {value}\r\n".encode() for name, value in (headers or {}).items())
        if block:
            block = b"NATS/1.0\r\n" + block + b"\r\n"
            start = f"HPUB {subject} {reply} {len(block)} {len(block) + len(data)}"
        else:
            start = f"PUB {subject} {reply} {len(data)}"
        self._send(start.encode() + b"\r\n" + block + data + b"\r\n")

    def request(self, subject, data, headers=None, timeout=TIMEOUT_S):
        """Sends a message and returns the response. Raises NatsError if there is none in time."""
        number, reply = next(self._numbers), f"{self._inbox}.{secrets.token_hex(16)}"
        answer = self._waiting[number] = concurrent.futures.Future()
        try:
            # An event of a stream comes with its own subject, so the number of the subscription says what it responds to.
            self._send(f"SUB {reply} {number}\r\nUNSUB {number} 1\r\n".encode())
            self.publish(subject, data, headers, reply)
            response = answer.result(timeout)
        except (TimeoutError, concurrent.futures.TimeoutError) as error:
            self._send(f"UNSUB {number}\r\n".encode())
            raise NatsError(f"{subject}: no response within {timeout} s") from error
        finally:
            del self._waiting[number]
        if response.status == 503:
            raise NatsError(f"{subject}: no server of NATS responds to this")
        return response

    def call(self, subject, request=None, timeout=TIMEOUT_S):
        """Calls the API of JetStream. Returns the response; raises NatsError with the description of an error."""
        content = json.dumps(request).encode() if request is not None else b""
        response = json.loads(self.request(f"$JS.API.{subject}", content, timeout=timeout).data)
        if "error" in response:
            error = NatsError(f"{subject}: {response['error'].get('description')}")
            error.code = response["error"].get("code")
            raise error
        return response

    def store(self, subject, data, headers=None):
        """Publishes into a stream, and waits until it has stored the message."""
        response = json.loads(self.request(subject, data, headers).data)
        if "error" in response:
            raise NatsError(f"{subject}: {response['error'].get('description')}")

    def close(self):
        self._is_closing = True
        self._drop(self._socket)

    def _send(self, content):
        with self._lock:
            if self._socket is None:
                raise NatsError("NATS is not connected")
            try:
                self._socket.sendall(content)
            except OSError as error:
                raise NatsError(f"NATS was lost: {error}") from error

    def _run(self):
        attempts = 0
        while not self._is_closing:
            try:
                connection, reader = self._connect(self._servers[attempts % len(self._servers)])
                attempts = 0
                log.info("connected to NATS")
                self._read(connection, reader)
            except (OSError, NatsError, ValueError) as error:
                if attempts == 0 and not self._is_closing:
                    log.warning("NATS can't be reached: %s", error)
            attempts += 1
            time.sleep(min(2, 0.1 * 2**attempts))

    def _connect(self, server):
        connection = socket.create_connection((server.hostname, server.port or 4222), timeout=5)
        info = json.loads(read_line(connection)[len("INFO ") :])
        if server.scheme == "tls" or info.get("tls_required"):
            connection = ssl.create_default_context().wrap_socket(connection, server_hostname=server.hostname)
        options = {"name": self._name, "verbose": False, "pedantic": False, "headers": True, "no_responders": True}
        login = {"user": self._user, "pass": self._password} if self._password else {}
        connect = json.dumps({**options, **login, "lang": "python", "version": "1", "protocol": 1})
        connection.sendall(f"CONNECT {connect}\r\nPING\r\n".encode())
        reader = connection.makefile("rb")
        while (line := reader.readline()) != b"PONG\r\n":
            if not line or line.startswith(b"-ERR"):
                raise NatsError(line.decode().strip() or "the connection was closed")
        # A server sends a ping every two minutes at least, and is silent only if it is lost.
        connection.settimeout(150)
        self.server_id = info["server_id"]
        self._socket = connection
        return connection, reader

    def _read(self, connection, reader):
        try:
            while line := reader.readline():
                verb, *words = line.decode().split()
                if verb == "PING":
                    self._send(b"PONG\r\n")
                elif verb in ("MSG", "HMSG"):
                    self._deliver(int(words[1]), read_message(reader, verb, words))
                elif verb == "-ERR":
                    log.warning("NATS: %s", " ".join(words))
        finally:
            self._drop(connection)

    def _deliver(self, number, message):
        waiting = self._waiting.get(number)
        if waiting and not waiting.done():
            waiting.set_result(message)

    def _drop(self, connection):
        with self._lock:
            if connection is None or connection is not self._socket:
                return
            self._socket = None
        connection.close()


def read_line(connection):
    """Reads the first line byte by byte: what follows may be TLS."""
    line = b""
    while not line.endswith(b"\r\n"):
        byte = connection.recv(1)
        if not byte or len(line) > 65_536:
            raise NatsError("it is no server of NATS")
        line += byte
    return line.decode()


def read_message(reader, verb, words):
    """Reads what follows `MSG <subject> <sid> [reply] <bytes>` or `HMSG <subject> <sid> [reply] <header bytes> <bytes>`."""
    header_size = int(words.pop(-2)) if verb == "HMSG" else 0
    content = reader.read(int(words[-1]) + 2)[:-2]
    message = Message(words[0], content[header_size:], reply=words[2] if len(words) == 4 else "")
    start, *lines = content[:header_size].decode().split("\r\n")
    for name, _, value in (line.partition(":") for line in lines if line):
        message.headers[name] = value.strip()
    if len(status := start.split(" ")) > 1:
        message.status = int(status[1])
    return message
