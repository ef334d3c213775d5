// One connection of HTTP/1.1, with one request at a time. It reads no more of a response than where it ends.
import { connect } from "node:net";

const headEnd = Buffer.from("\r\n\r\n");

/** How a chunked body ends. */
const lastChunk = "0\r\n\r\n";

export class HttpConnection {
  #socket;
  #waiting;
  /** The response, as far as it has come. */
  #head = "";
  #rest = Buffer.alloc(0);
  #body;
  /** The bytes that are missing; undefined: the body is chunked. */
  #missing;
  #tail = "";

  constructor(port) {
    this.#socket = connect({ host: "127.0.0.1", port, noDelay: true });
    this.#socket.on("data", (chunk) => this.#read(chunk));
    this.#socket.on("error", (error) => this.#waiting?.reject(error));
    this.#socket.on("close", () => this.#waiting?.reject(new Error("the gateway closed the connection")));
  }

  /**
   * Sends a request and resolves with the response's head. `body` gets the chunks of its body.
   *
   * @throws Error if the connection is lost
   */
  send(bytes, body) {
    this.#body = body;
    this.#socket.write(bytes);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  close() {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #read(chunk) {
    if (this.#head !== "") return this.#readBody(chunk);
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const end = bytes.indexOf(headEnd);
    if (end < 0) {
      this.#rest = bytes;
      return;
    }
    this.#rest = this.#rest.subarray(0, 0);
    this.#head = bytes.latin1Slice(0, end);
    const [, length] = /\r\ncontent-length: *(\d+)/i.exec(this.#head) ?? [];
    this.#missing = length === undefined ? undefined : Number(length);
    this.#readBody(bytes.subarray(end + headEnd.length));
  }

  #readBody(chunk) {
    this.#body?.push(chunk);
    if (this.#missing === undefined) {
      this.#tail = (this.#tail + chunk.latin1Slice(Math.max(0, chunk.length - lastChunk.length))).slice(
        -lastChunk.length,
      );
      if (this.#tail === lastChunk) this.#end();
      return;
    }
    this.#missing -= chunk.length;
    if (this.#missing === 0) this.#end();
  }

  #end() {
    const head = this.#head;
    this.#head = "";
    this.#tail = "";
    const { resolve } = this.#waiting;
    this.#waiting = undefined;
    resolve(head);
  }
}
