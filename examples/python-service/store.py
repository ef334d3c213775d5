"""The data of the service, in SQLite: points, rewards, and the inbox and outbox of its events."""

import contextlib
import sqlite3
import threading

SCHEMA = """
create table if not exists balances (customer_id text primary key, points integer not null);
create table if not exists rewards (id text primary key, customer_id text not null, points integer not null);
create table if not exists inbox (event_id text primary key);
create table if not exists outbox (
  position integer primary key autoincrement,
  subject text not null,
  headers text not null,
  payload blob not null
);
"""


class Store:
    """One connection, which threads use in turn."""

    def __init__(self, path):
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("pragma journal_mode = wal")
        self._connection.executescript(SCHEMA)
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def transaction(self):
        """Commits what is done within it, unless it raises."""
        with self._lock:
            self._connection.execute("begin immediate")
            try:
                yield self._connection
                self._connection.execute("commit")
            except BaseException:
                self._connection.execute("rollback")
                raise

    def unsent(self):
        """Returns the events that are to be sent, the oldest first."""
        with self._lock:
            query = "select position, subject, headers, payload from outbox order by position limit 100"
            return self._connection.execute(query).fetchall()

    def sent(self, position):
        with self._lock:
            self._connection.execute("delete from outbox where position = ?", (position,))

    def close(self):
        with self._lock:
            self._connection.close()


def is_first(tx, event_id):
    """Notes that an event was handled. Returns False if it was before."""
    return tx.execute("insert or ignore into inbox values (?)", (event_id,)).rowcount == 1


def points_of(tx, customer_id):
    found = tx.execute("select points from balances where customer_id = ?", (customer_id,)).fetchone()
    return found[0] if found else 0


def add_points(tx, customer_id, points):
    """Adds points, or takes them if there are fewer than 0."""
    tx.execute(
        "insert into balances values (?, ?) on conflict (customer_id) do update set points = points + excluded.points",
        (customer_id, points),
    )
