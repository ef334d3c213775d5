// The only file that depends on the insides of `pg`, which sends cancel requests only without TLS:
//
// - a client has `processID` and `secretKey`, the key that PostgreSQL gave its connection, `ssl` and `sslNegotiation`
// - a `Connection` has `connect`, `requestSsl` and `cancel`, and emits `connect`, `sslconnect`, `error` and `end`
// - a client has `connection`, whose `stream` is the socket
import pg from "pg";

/** The parts of `pg.Connection` that its types lack. */
interface CancelConnection extends pg.Connection {
  connect(portOrPath: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processId: number, secretKey: number): void;
}

/**
 * Asks PostgreSQL to cancel the statement that runs on a connection, over a second connection. Resolves when PostgreSQL
 * has acted: a statement that is sent afterwards is not affected. If no statement runs, nothing happens.
 *
 * The key of the connection is part of the request, so it never affects another connection, or another server.
 *
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
 * @throws Error if PostgreSQL has not acted after `timeoutMs`
 */
export async function requestCancel(client: pg.Client, timeoutMs: number): Promise<void> {
  const { ssl, host, port } = client;
  const sslNegotiation: unknown = Reflect.get(client, "sslNegotiation");
  // See above for what the types of `pg` lack.
  const connection = new pg.Connection({ ssl, sslNegotiation } as pg.ConnectionConfig) as CancelConnection;
  const send = () => connection.cancel(Reflect.get(client, "processID"), Reflect.get(client, "secretKey"));
  connection.on("sslconnect", send);
  connection.on("connect", () => {
    if (!ssl) send();
    else if (sslNegotiation !== "direct") connection.requestSsl();
  });
  const acted = closed(connection, timeoutMs);
  if (host.startsWith("/")) connection.connect(`${host}/.s.PGSQL.${port}`);
  else connection.connect(port, host);
  await acted.finally(() => connection.stream.destroy());
}

/** Resolves when the server closes a connection. A connection that fails emits `error` first. */
function closed(connection: pg.Connection, timeoutMs: number): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the cancel request timed out")), timeoutMs);
    connection.on("error", reject);
    connection.on("end", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Closes a connection without waiting for its statements, which fail. `end` of a client waits for those that were sent. */
export function cutConnection(client: object): void {
  const connection: pg.Connection = Reflect.get(client, "connection");
  connection.stream.destroy();
}
