// Measures how long it takes to validate an order: with our generated schema, protovalidate-es, and hand-written zod, in
// turns, so that a busy machine slows all of them. `node bench/parse.mjs [rounds]`; default 60 rounds of 2,000.
import { argv, stdout } from "node:process";
import { load } from "./load.mjs";

const rounds = Number(argv[2] ?? 60);
const perRound = 2_000;

const { checks, bytes } = await load(`
  import { createFileRegistry, create, fromBinary } from "@bufbuild/protobuf";
  import { base64Decode } from "@bufbuild/protobuf/wire";
  import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
  import { createValidator } from "@bufbuild/protovalidate";
  import { descriptorSet } from "@mesh/contracts/descriptors";
  import { OrderService, PlaceOrderRequestSchema } from "@mesh/contracts/orders/v1";
  import * as z from "zod";

  const id = "0190f5fe-7f9b-7c3e-8f1a-2b3c4d5e6f70";
  const order = {
    idempotencyKey: id,
    items: [{ productId: id, quantity: 1 }, { productId: id, quantity: 2 }],
    paymentToken: "tok_ok",
    email: "ada@example.com",
    name: "Ada Lovelace",
    address: "12 St James's Square, London",
  };
  const uuid = z.string().regex(/^[\\da-f]{8}-[\\da-f]{4}-[\\da-f]{4}-[\\da-f]{4}-[\\da-f]{12}$/i);
  const byHand = z.object({
    idempotencyKey: uuid,
    items: z.array(z.object({ productId: uuid, quantity: z.number().int().min(1).max(1000) })).min(1).max(50),
    paymentToken: z.string().regex(/^tok_[a-z0-9_]{2,60}$/),
    email: z.email().max(254),
    name: z.string().min(1).max(120),
    address: z.string().min(5).max(500),
  });
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, base64Decode(descriptorSet)));
  const desc = registry.getMessage("orders.v1.PlaceOrderRequest");
  const sent = OrderService.methods.placeOrder.input.encode(order);
  const message = fromBinary(desc, sent);
  const validator = createValidator({ registry });
  export const bytes = sent.length;
  export const checks = {
    ours: () => PlaceOrderRequestSchema.parse(order),
    "zod by hand": () => byHand.parse(order),
    "protovalidate-es": () => {
      if (validator.validate(desc, message).kind !== "valid") throw new Error("not valid");
    },
  };
`);

const times = Object.fromEntries(Object.keys(checks).map((name) => [name, []]));
for (let round = -10; round < rounds; round++) {
  for (const [name, check] of Object.entries(checks)) {
    const started = performance.now();
    for (let count = 0; count < perRound; count++) check();
    // The first rounds warm up.
    if (round >= 0) times[name].push(((performance.now() - started) / perRound) * 1_000);
  }
}
const ours = median(times.ours);
stdout.write(`a valid order of ${bytes} bytes, medians of ${rounds} rounds of ${perRound}:\n`);
for (const [name, all] of Object.entries(times)) {
  const own = median(all);
  stdout.write(`${own.toFixed(2).padStart(8)} µs  ${(own / ours).toFixed(2).padStart(6)} ×  ${name}\n`);
}

function median(all) {
  return all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)];
}
