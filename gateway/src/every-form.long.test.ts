import { inspect } from "node:util";
import { toBinary } from "@bufbuild/protobuf";
import { messageArbitrary } from "@mesh/codegen/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { expectArrival, openSurfaces, surfaceNames } from "../fixtures/form-surfaces.ts";
import { type Forms, openForms } from "../fixtures/forms.ts";

const total = 600;
const seed = Date.now() % 2 ** 31;

// The seed is in the name, so that a run that fails says how to repeat it.
test(`${total} generated messages arrive equal on every surface (seed ${seed})`, { timeout: 1_800_000 }, async () => {
  const opened = await openForms();
  try {
    const { calls } = openSurfaces(opened);
    const empty = opened.type.decode(new Uint8Array()) as Forms;
    const sampled = fc.sample(messageArbitrary(opened.desc), { numRuns: total, seed });
    const messages = sampled.map((message) => opened.type.decode(toBinary(opened.desc, message)) as Forms);
    const accepted = messages.filter((message) => opened.type.schema.safeParse(message).success);
    expect(accepted.length).toBeGreaterThan(total / 2);
    for (const [index, message] of accepted.entries()) {
      const name = surfaceNames[index % surfaceNames.length] ?? "gRPC";
      const sent = name === "REST" ? { ...empty, ...withJson(message) } : message;
      await expectArrival(opened, calls[name], sent);
    }
  } finally {
    await opened.close();
  }
});

/** Returns the fields without an Any of an unknown type, which protobuf-es can't write as JSON. */
function withJson(message: Forms): Forms {
  const isKnown = ([, value]: [string, unknown]) => !inspect(value, { depth: null }).includes("no.Such");
  return Object.fromEntries(Object.entries(message).filter(isKnown));
}
