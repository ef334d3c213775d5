// The subscribers of the benchmark, and what publishes the events: one process, so that one clock measures the deliveries.
import { once } from "node:events";
import { Agent, get } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { OrderConfirmed } from "@mesh/contracts/orders/v1";
import { connect } from "nats";
import { answer, options } from "../mesh/child.mjs";

const { port, natsUrl, subscribers, users } = options;
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
const connection = await connect({ servers: natsUrl });
const { streams } = await connection.jetstreamManager();

const counts = { started: 0, ended: 0, delivered: 0, wrong: 0 };
let latenciesMs = [];

const userOf = (number) => `00000000-0000-4000-8000-${String(number % users).padStart(12, "0")}`;

/** An event carries the time at which it was published: the microseconds of this process are the end of its order's id. */
const timed = /"orderId":"[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-([\da-f]{12})".*?"customerId":"([\da-f-]{36})"/g;

async function subscribe(number) {
  const user = userOf(number);
  const request = get({ port, agent, path: "/trpc/orders.onOrderConfirmed", headers: { "x-user": user } });
  request.on("error", () => undefined);
  const [response] = await once(request, "response");
  response.setEncoding("utf8").on("close", () => {
    counts.ended += 1;
  });
  let rest = "";
  response.on("data", (chunk) => {
    const text = rest + chunk;
    const end = text.lastIndexOf("\n\n");
    rest = text.slice(end + 1);
    read(text.slice(0, end + 1), user);
  });
}

function read(text, user) {
  if (text.includes('"type":"started"')) counts.started += 1;
  const nowUs = performance.now() * 1_000;
  for (const [, time, owner] of text.matchAll(timed)) {
    counts.delivered += 1;
    if (owner !== user) counts.wrong += 1;
    latenciesMs.push((nowUs - Number.parseInt(time, 16)) / 1_000);
  }
}

/** Publishes events at a rate, each for one user. Returns how many there were. */
async function publish({ perSecond, seconds }) {
  const began = performance.now();
  let published = 0;
  for (;;) {
    const elapsedMs = performance.now() - began;
    if (elapsedMs >= seconds * 1_000) return published;
    for (const due = (elapsedMs * perSecond) / 1_000; published < due; published++) {
      const time = Math.round(performance.now() * 1_000)
        .toString(16)
        .padStart(12, "0");
      const orderId = `00000000-0000-4000-8000-${time}`;
      const event = { orderId, paymentId: userOf(1), customerId: userOf(published) };
      connection.publish(OrderConfirmed.subject, OrderConfirmed.encode(event));
    }
    await pause(5);
  }
}

async function until(condition, withinMs) {
  const ends = performance.now() + withinMs;
  while (!condition() && performance.now() < ends) await pause(50);
}

answer({
  open: async () => {
    await streams.add({ name: OrderConfirmed.stream, subjects: ["orders.v1.*"], storage: "memory" });
    for (let number = 0; number < subscribers; number++) await subscribe(number);
    await until(() => counts.started === subscribers, 60_000);
    return counts;
  },
  run: async (load) => {
    latenciesMs = [];
    const before = counts.delivered;
    const published = await publish(load);
    const expected = published * (subscribers / users);
    await until(() => counts.delivered - before >= expected, 30_000);
    const sorted = latenciesMs.sort((one, other) => one - other);
    const at = (share) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
    return { ...counts, expected, delivered: counts.delivered - before, p50: at(0.5), p99: at(0.99), max: at(1) };
  },
});
