// Sends the requests of an editor to the compiler's language server.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { methodNames } from "./contract.mjs";
import { median } from "./run.mjs";

const edits = 20;

/**
 * How long a completion on the router takes, in milliseconds: the first, and the median of those after an edit each.
 *
 * @param name the service whose methods are asked for
 */
export async function measureCompletion(folder, tsc, name) {
  const server = startServer(folder, tsc);
  try {
    await server.request("initialize", { processId: process.pid, rootUri: uriOf(folder), capabilities: {} });
    server.notify("initialized", {});
    const uri = uriOf(join(folder, "web/src/edited.ts"));
    const document = { uri, languageId: "typescript", version: 0, text: textOf(name, 0) };
    server.notify("textDocument/didOpen", { textDocument: document });
    const firstMs = await completionMs(server, uri, name);
    const times = [];
    for (let version = 1; version <= edits; version++) {
      const contentChanges = [{ text: textOf(name, version) }];
      server.notify("textDocument/didChange", { textDocument: { uri, version }, contentChanges });
      times.push(await completionMs(server, uri, name));
    }
    return { firstMs, editedMs: median(times) };
  } finally {
    server.stop();
  }
}

const asked = 4;

/** A module in the middle of being written. */
function textOf(name, version) {
  return `import { trpc } from "./page.ts";

export const version = ${version};
export function ask() {
  return trpc.${name}.
}
`;
}

async function completionMs(server, uri, name) {
  const position = { line: asked, character: `  return trpc.${name}.`.length };
  const started = performance.now();
  const result = await server.request("textDocument/completion", { textDocument: { uri }, position });
  const ms = performance.now() - started;
  const labels = new Set((result?.items ?? result ?? []).map(({ label }) => label));
  const missing = methodNames.filter((method) => !labels.has(method));
  if (missing.length > 0) throw new Error(`completion on trpc.${name} misses ${missing.join(", ")}`);
  return ms;
}

function startServer(folder, tsc) {
  const child = spawn(process.execPath, [tsc, "--lsp", "--stdio"], { cwd: folder, stdio: ["pipe", "pipe", "ignore"] });
  const answers = new Map();
  let received = Buffer.alloc(0);
  let lastId = 0;
  const send = (message) => {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  const take = (message) => {
    // What the server asks for itself, such as settings, it can do without.
    if (message.method && message.id !== undefined) send({ id: message.id, result: null });
    else if (message.id !== undefined) answers.get(message.id)?.(message);
  };
  child.stdout.on("data", (data) => {
    received = Buffer.concat([received, data]);
    for (let next = firstMessage(received); next; next = firstMessage(received)) {
      received = next.rest;
      take(next.message);
    }
  });
  return {
    request(method, params) {
      const id = ++lastId;
      send({ id, method, params });
      return new Promise((resolve, reject) => {
        answers.set(id, ({ result, error }) => (error ? reject(new Error(error.message)) : resolve(result)));
      });
    },
    notify: (method, params) => send({ method, params }),
    stop: () => child.kill(),
  };
}

function firstMessage(received) {
  const start = received.indexOf("\r\n\r\n") + 4;
  const length = Number(/Content-Length: (\d+)/i.exec(received.subarray(0, start).toString())?.[1]);
  if (start < 4 || received.length < start + length) return undefined;
  const message = JSON.parse(received.subarray(start, start + length).toString());
  return { message, rest: received.subarray(start + length) };
}

function uriOf(path) {
  return pathToFileURL(path).href;
}
