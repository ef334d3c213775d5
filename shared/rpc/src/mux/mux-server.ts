import type { IncomingStream, Route } from "../server/incoming-stream.ts";
import { MuxServerSession } from "./mux-server-session.ts";

/** Answers the calls that arrive on streams of the mux. */
export class MuxServer {
  readonly #routes: ReadonlyMap<string, Route>;
  readonly #sessions = new Set<MuxServerSession>();
  #isDraining = false;

  /** @param routes the unary methods, by their path */
  constructor(routes: ReadonlyMap<string, Route>) {
    this.#routes = routes;
  }

  /** The route of `mesh.v1.Mux/Open`. */
  readonly route: Route = (stream: IncomingStream) => {
    const session = new MuxServerSession(stream, this.#routes);
    this.#sessions.add(session);
    if (this.#isDraining) session.drain();
    void session.ended.then(() => this.#sessions.delete(session));
    return () => session.abort();
  };

  /** Refuses further calls on the streams that are open. */
  refuse(): void {
    for (const session of this.#sessions) session.refuse();
  }

  /** Asks all clients to send no more calls. Resolves when they have ended their streams, each after its last response. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    const sessions = [...this.#sessions];
    for (const session of sessions) session.drain();
    await Promise.all(sessions.map(({ ended }) => ended));
  }
}
