import { constants, type Http2Session } from "node:http2";
import type { Duplex } from "node:stream";

/** The GOAWAY of a server that still answers all calls that are on their way to it (RFC 9113, 6.8). */
const anyStream = 2 ** 31 - 1;

/** How long the connections of a server that closes may last, in milliseconds from now. */
export interface DrainLimits {
  /** When clients are asked to leave also if a call from before is open; undefined: they are not. */
  readonly noticeMs?: number;
  /** When connections are cut. */
  readonly cutMs: number;
}

/**
 * A connection and the calls on it.
 *
 * Node sends no ping on a connection with a GOAWAY (`Http2Session.ping` fails), and grpc-js, on either side, takes that for
 * a broken connection: at the next keepalive all its calls fail. So the GOAWAY waits for the calls that are open when the
 * draining begins. It does not wait for later ones, since a busy connection would never be without any.
 */
class Connection {
  readonly session: Http2Session;
  /** The calls that were open when the draining began, and those that began later. */
  readonly #open = { before: 0, since: 0 };
  #isDraining = false;
  #hasNotified = false;

  constructor(session: Http2Session) {
    this.session = session;
  }

  begin(stream: Duplex): void {
    const when = this.#isDraining ? "since" : "before";
    this.#open[when] += 1;
    stream.once("close", () => {
      this.#open[when] -= 1;
      if (this.#isDraining) this.#closeIfDone();
    });
  }

  /** Closes the connection once it has no open call, at the latest after the limits. */
  drain({ noticeMs, cutMs }: DrainLimits): void {
    this.#isDraining = true;
    this.#closeIfDone();
    const notice = noticeMs === undefined ? undefined : setTimeout(() => this.#notify(), noticeMs);
    const cut = setTimeout(() => this.session.destroy(), cutMs);
    this.session.once("close", () => {
      clearTimeout(notice);
      clearTimeout(cut);
    });
  }

  #closeIfDone(): void {
    const { before, since } = this.#open;
    if (before + since === 0) this.session.close();
    else if (before === 0) this.#notify();
  }

  /** Asks the client to make new calls on another connection. */
  #notify(): void {
    if (this.#hasNotified || this.session.closed || this.session.destroyed) return;
    this.#hasNotified = true;
    // Without `close`, this side goes on sending pings.
    this.session.goaway(constants.NGHTTP2_NO_ERROR, anyStream);
  }
}

/** The connections of a server. */
export class Connections {
  readonly #all = new Map<Http2Session, Connection>();
  #limits: DrainLimits | undefined;

  add(session: Http2Session): void {
    const connection = new Connection(session);
    this.#all.set(session, connection);
    session.once("close", () => this.#all.delete(session));
    if (this.#limits) connection.drain(this.#limits);
  }

  /** Counts a call as open until its stream is closed. */
  begin(session: Http2Session, stream: Duplex): void {
    this.#all.get(session)?.begin(stream);
  }

  /** Closes all connections, also those to come: each once it has no open call. */
  drainAll(limits: DrainLimits): void {
    this.#limits = limits;
    for (const connection of this.#all.values()) connection.drain(limits);
  }

  /** Closes some connections: each once it has no open call. */
  drain(limits: DrainLimits, isChosen: (session: Http2Session) => boolean): void {
    for (const connection of this.#all.values()) if (isChosen(connection.session)) connection.drain(limits);
  }
}
