// What a unary call costs: ours (middleware, checked requests, deadlines) against grpc-js alone, in turns, so that a busy
// machine slows both. Client and server are processes of their own; the message is an order of 191 bytes, 32 in flight.
// `node bench/unary.mjs [calls] [rounds]`; default 3 rounds of 20,000 calls.
import { fork } from "node:child_process";
import { once } from "node:events";
import { argv, stdout } from "node:process";
import { load } from "./load.mjs";

const inFlight = 32;

const shared = `
  import { OrderService } from "@mesh/contracts/orders/v1";
  const id = "0190f5fe-7f9b-7c3e-8f1a-2b3c4d5e6f70";
  export const request = {
    idempotencyKey: id,
    items: [{ productId: id, quantity: 1 }, { productId: id, quantity: 2 }],
    paymentToken: "tok_ok",
    email: "ada@example.com",
    name: "Ada Lovelace",
    address: "12 St James's Square, London",
  };
  const response = { order: undefined };
  const { placeOrder } = OrderService.methods;
`;

const sources = {
  ours: `${shared}
    import { connect, implement, serve } from "@mesh/rpc";
    import { createLogger } from "@mesh/runtime";
    const never = async () => response;
    const handlers = Object.fromEntries(Object.keys(OrderService.methods).map((name) => [name, never]));
    export async function startServer() {
      const log = createLogger({ name: "bench", level: "info", pretty: false });
      const server = await serve({ services: [implement(OrderService, handlers)], log });
      return server.address;
    }
    export const openClient = (address) => connect(OrderService, { address }).client.placeOrder;
  `,
  "grpc-js": `${shared}
    import { Client, credentials, Server, ServerCredentials } from "@grpc/grpc-js";
    const encode = ({ encode }) => (message) => Buffer.from(encode(message));
    const { path, input, output } = placeOrder;
    const method = {
      path, requestStream: false, responseStream: false,
      requestSerialize: encode(input), requestDeserialize: input.decode,
      responseSerialize: encode(output), responseDeserialize: output.decode,
    };
    export async function startServer() {
      const server = new Server();
      server.addService({ placeOrder: method }, { placeOrder: (_call, done) => done(null, response) });
      const bind = (resolve, reject) => server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(),
        (error, port) => (error ? reject(error) : resolve("127.0.0.1:" + port)));
      return new Promise(bind);
    }
    export function openClient(address) {
      const client = new Client(address, credentials.createInsecure());
      return (message) => new Promise((resolve, reject) => {
        const options = { deadline: Date.now() + 10_000 };
        client.makeUnaryRequest(path, method.requestSerialize, output.decode, message, options,
          (error, answer) => (error ? reject(error) : resolve(answer)));
      });
    }
  `,
};

const [role, kind] = argv.slice(2);
if (role === "server" || role === "client")
  await runAs(role, await load(sources[kind], ["@grpc/grpc-js", "pino", "pino-pretty"]));
else await compare(Number(argv[2] ?? 20_000), Number(argv[3] ?? 3));

/** A child process: does what the parent asks for and reports what it took. */
async function runAs(role, module) {
  let call;
  const actions = {
    start: () => module.startServer(),
    connect: (address) => {
      call = module.openClient(address);
    },
    run: (calls) => drive(() => call(module.request), calls),
    usage: () => process.cpuUsage(),
  };
  process.on("message", async ([name, argument]) => process.send({ result: await actions[name](argument) }));
  process.on("disconnect", () => process.exit());
  process.send({ result: role });
}

async function drive(call, calls) {
  let left = calls;
  const worker = async () => {
    while (left-- > 0) await call();
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
}

async function compare(calls, rounds) {
  const pairs = {};
  for (const kind of Object.keys(sources)) {
    const server = await open("server", kind);
    const client = await open("client", kind);
    await client("connect", await server("start"));
    await client("run", calls); // Warms both up.
    pairs[kind] = { server, client, microseconds: { client: [], server: [], wall: [] } };
  }
  for (let round = 0; round < rounds; round++) {
    for (const pair of Object.values(pairs)) await measure(pair, calls);
  }
  stdout.write(`PlaceOrder, ${inFlight} in flight, medians of ${rounds} rounds of ${calls}, in µs per call\n`);
  for (const [kind, { microseconds: of }] of Object.entries(pairs)) {
    const [client, server, wall] = [of.client, of.server, of.wall].map((all) => median(all).toFixed(1).padStart(6));
    stdout.write(`${kind.padEnd(8)} CPU of client ${client}  CPU of server ${server}  wall ${wall}\n`);
  }
  process.exit(0);
}

async function measure({ client, server, microseconds }, calls) {
  const before = [await client("usage"), await server("usage")];
  const startedAt = performance.now();
  await client("run", calls);
  microseconds.wall.push(((performance.now() - startedAt) * 1_000) / calls);
  const after = [await client("usage"), await server("usage")];
  const [ofClient, ofServer] = after.map(({ user, system }, at) => user + system - before[at].user - before[at].system);
  microseconds.client.push(ofClient / calls);
  microseconds.server.push(ofServer / calls);
}

/** Starts a child process; returns a function that asks it for something and resolves with the answer. */
async function open(role, kind) {
  const child = fork(import.meta.filename, [role, kind]);
  await once(child, "message");
  return async (...message) => {
    child.send(message);
    const [{ result }] = await once(child, "message");
    return result;
  };
}

function median(all) {
  return all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)];
}
