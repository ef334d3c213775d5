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
  readonly route: Route = Object.assign((stream: IncomingStream) => this.#begin(stream), { refuses: true });

  #begin(stream: IncomingStream): () => void {
    const session = new MuxServerSession(stream, this.#routes);
    this.#sessions.add(session);
    if (stream.isTrusted === false) session.refuse();
    else if (this.#isDraining) session.drain();
    void session.ended.then(() => this.#sessions.delete(session));
    return () => session.abort();
  }

  /** Refuses further calls of callers that are not trusted any more. */
  refuseUntrusted(): void {
    for (const session of this.#sessions) if (!session.isTrusted) session.refuse();
  }

  /** Asks all clients to send no more calls. They end their streams, each after its last response. */
  drain(): void {
    this.#isDraining = true;
    for (const session of this.#sessions) session.drain();
  }
}
