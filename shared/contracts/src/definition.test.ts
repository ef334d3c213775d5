import { type ChildProcess, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const repository = join(import.meta.dirname, "../../..");
const contract = join(repository, "tools/testing/proto/orders/v1/orders.proto");

// Code that uses the contracts; `|` marks the positions of go-to-definition.
const source = `
import type { ClientOf } from "@mesh/contracts";
import { OrderError, OrderPlaced, type OrderItemInput, OrderService, type OrderServiceProcedures, type OrderServiceTypes } from "@mesh/contracts/testing/orders/v1";
declare const client: ClientOf<OrderServiceTypes>;
declare const procedures: OrderServiceProcedures;
declare const item: OrderItemInput;
client.|placeOrder;
procedures.|watchOrder;
item.|quantity;
OrderError.|outOfStock;
|OrderService;
|OrderPlaced;
`;

/** The language server of the compiler, as far as this test speaks to it. */
class LanguageServer {
  readonly #process: ChildProcess;
  readonly #answers = new Map<number, (result: unknown) => void>();
  #received = Buffer.alloc(0);
  #lastId = 0;

  constructor() {
    const tsc = join(repository, "node_modules/typescript/bin/tsc");
    this.#process = spawn(process.execPath, [tsc, "--lsp", "--stdio"], { stdio: ["pipe", "pipe", "ignore"] });
    this.#process.stdout?.on("data", (data: Buffer) => this.#receive(data));
  }

  request(method: string, params: unknown): Promise<unknown> {
    const id = ++this.#lastId;
    this.#send({ id, method, params });
    return new Promise((resolve) => this.#answers.set(id, resolve));
  }

  notify(method: string, params: unknown): void {
    this.#send({ method, params });
  }

  stop(): void {
    this.#process.kill();
  }

  #send(message: object): void {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    this.#process.stdin?.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  #receive(data: Buffer): void {
    this.#received = Buffer.concat([this.#received, data]);
    for (;;) {
      const start = this.#received.indexOf("\r\n\r\n") + 4;
      const length = Number(/Content-Length: (\d+)/i.exec(this.#received.subarray(0, start).toString())?.[1]);
      if (start < 4 || this.#received.length < start + length) return;
      const message = JSON.parse(this.#received.subarray(start, start + length).toString());
      this.#received = this.#received.subarray(start + length);
      // What the server asks for itself, such as settings, it can do without.
      if (message.method && message.id !== undefined) this.#send({ id: message.id, result: null });
      else this.#answers.get(message.id)?.(message.result);
    }
  }
}

let server: LanguageServer;
const uri = pathToFileURL(join(import.meta.dirname, "asked.ts")).href;
const text = source.replaceAll("|", "");

beforeAll(async () => {
  server = new LanguageServer();
  await server.request("initialize", {
    processId: process.pid,
    rootUri: pathToFileURL(repository).href,
    capabilities: {},
  });
  server.notify("initialized", {});
  server.notify("textDocument/didOpen", { textDocument: { uri, languageId: "typescript", version: 1, text } });
});
afterAll(() => server.stop());

/** The line of the contract that go-to-definition leads to. */
async function definitionOf(expression: string): Promise<string> {
  const lines = source.split("\n");
  const line = lines.findIndex((candidate) => candidate.replace("|", "") === `${expression};`);
  const position = { line, character: (lines[line] ?? "").indexOf("|") };
  const result = await server.request("textDocument/definition", { textDocument: { uri }, position });
  const [target] = result as { uri: string; range: { start: { line: number } } }[];
  expect(target?.uri).toBe(pathToFileURL(contract).href);
  return (await readFile(contract, "utf8")).split("\n")[target?.range.start.line ?? 0]?.trim() ?? "";
}

test.each([
  ["client.placeOrder", "rpc PlaceOrder(PlaceOrderRequest) returns (PlaceOrderResponse) {"],
  ["procedures.watchOrder", "rpc WatchOrder(WatchOrderRequest) returns (stream WatchOrderResponse) {"],
  ["item.quantity", "int32 quantity = 2 [(buf.validate.field).int32 = {"],
  ["OrderError.outOfStock", "ORDER_ERROR_OUT_OF_STOCK = 3 [(mesh.v1.error) = {"],
  ["OrderService", "service OrderService {"],
  ["OrderPlaced", "message OrderPlaced {"],
])("go to definition on %s lands in the .proto, on %s", async (expression, expected) => {
  expect(await definitionOf(expression)).toBe(expected);
});
