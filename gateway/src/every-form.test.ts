import { formMessages } from "@mesh/codegen/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectArrival, openSurfaces, type Surfaces, surfaceNames } from "../fixtures/form-surfaces.ts";
import { openForms } from "../fixtures/forms.ts";

// Every value that the generator has a type for travels on every surface, in both directions, and is equal afterwards.

let opened: Awaited<ReturnType<typeof openForms>>;
let surfaces: Surfaces;
beforeAll(async () => {
  opened = await openForms();
  surfaces = openSurfaces(opened);
});
afterAll(() => opened?.close());

test.each(surfaceNames)("%s, and an event of the same message", async (name) => {
  for (const forms of formMessages) await expectArrival(opened, surfaces.calls[name], forms);
});

test("streams of tRPC and REST", async () => {
  opened.seen.called = [...formMessages];
  const response = await fetch(`${opened.url}/v1/forms`);
  const lines = (await response.text()).trimEnd().split("\n");
  expect(lines.map((line) => opened.json.read(resultOf(line)))).toEqual(formMessages);

  const received: unknown[] = [];
  await new Promise<void>((resolve, reject) => {
    const handlers = { onData: (data: unknown) => received.push(data), onError: reject, onComplete: resolve };
    surfaces.trpc.subscription("forms.watch", {}, handlers);
  });
  expect(received).toEqual(formMessages);
});

/** The message in a line, as text: `{"result":…}`. */
function resultOf(line: string): string {
  expect([line.startsWith('{"result":'), line.endsWith("}")]).toEqual([true, true]);
  return line.slice('{"result":'.length, -1);
}
