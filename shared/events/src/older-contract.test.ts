import { join } from "node:path";
import { generateFiles, writeGenerated } from "@mesh/codegen/testing";
import type { EventDefinition } from "@mesh/contracts";
import { expect, onTestFinished, test } from "vitest";
import { nobody, openPart } from "../fixtures/part.ts";
import { openServers } from "../fixtures/servers.ts";
import { openStreams } from "../fixtures/streams.ts";
import { on } from "./index.ts";

interface Closed {
  readonly thing: string;
  readonly reason: number;
  readonly note?: string;
}

/** Generates an event of a version of the contract. */
async function closedWith(values: string, fields: string): Promise<EventDefinition<Closed, Closed>> {
  const contract = `
syntax = "proto3";
package things.v1;
import "buf/validate/validate.proto";
import "mesh/v1/options.proto";
enum Reason { REASON_UNSPECIFIED = 0; REASON_LOST = 1; ${values} }
message Closed {
  option (mesh.v1.event) = { subject: "things.v1.closed" key: "thing" };
  string thing = 1 [(buf.validate.field).string.min_len = 1];
  Reason reason = 2 [(buf.validate.field).enum.not_in = 0];
  ${fields}
}`;
  const generated = await writeGenerated(await generateFiles({ "things/v1/things.proto": contract }));
  onTestFinished(() => generated.dispose());
  const { Closed } = await import(join(generated.folder, "things/v1/index.js"));
  return Closed;
}

test("a consumer that was built before a field and a value of an enum were added handles events that have them", async () => {
  const Older = await closedWith("", "");
  const Later = await closedWith("REASON_STOLEN = 2;", "string note = 3 [(buf.validate.field).string.min_len = 2];");
  const seen: Closed[] = [];
  await using opened = await openServers();
  await using part = await openPart(opened.servers, { consumers: [on(Older, async (event) => void seen.push(event))] });
  for (const reason of [2, 1]) {
    await part.events.transaction(nobody, (tx) => tx.publish(Later, { thing: "a", reason, note: "later" }));
  }
  await expect.poll(() => seen).toHaveLength(2);
  expect(seen).toEqual([
    { thing: "a", reason: 2 },
    { thing: "a", reason: 1 },
  ]);
  await using streams = await openStreams(opened.servers.nats);
  const messages = await streams.read("things_v1");
  expect(messages.map(({ data }) => Later.decode(data).note)).toEqual(["later", "later"]);
  expect(await streams.deadLetters()).toEqual([]);
});
