import { formMessages } from "@mesh/codegen/testing";
import { transformer } from "@mesh/contracts/transformer";
import { createTRPCUntypedClient, httpBatchLink, httpSubscriptionLink, splitLink } from "@trpc/client";
import { EventSource } from "eventsource";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser } from "../fixtures/browser.ts";
import { type Forms, openForms } from "../fixtures/forms.ts";

// Every value that the generator has a type for travels on every surface, in both directions, and is equal afterwards.

const browser = openBrowser("");
let opened: Awaited<ReturnType<typeof openForms>>;
beforeAll(async () => {
  opened = await openForms();
});
afterAll(() => opened?.close());

function trpcClient() {
  // tRPC's own type of a request lets a signal be undefined, which fetch does too.
  const at = {
    url: `${opened.url}/trpc`,
    transformer,
    fetch: (url: string | URL, init: unknown) => browser.fetch(url, init as RequestInit),
  };
  const subscription = httpSubscriptionLink({ ...at, EventSource });
  const link = splitLink({
    condition: ({ type }) => type === "subscription",
    true: subscription,
    false: httpBatchLink(at),
  });
  return createTRPCUntypedClient({ links: [link] });
}

async function callRest(forms: Forms): Promise<unknown> {
  const headers = { "content-type": "application/json" };
  const response = await browser.fetch(`${opened.url}/v1/forms`, {
    method: "POST",
    headers,
    body: opened.json.write(forms),
  });
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return opened.json.read(text);
}

const surfaces: Readonly<Record<string, (forms: Forms) => Promise<unknown>>> = {
  gRPC: (forms) => opened.client.echo(forms),
  tRPC: (forms) => trpcClient().mutation("forms.echo", forms),
  REST: callRest,
};

test.each(Object.entries(surfaces))("%s, and an event of the same message", async (_, call) => {
  for (const forms of formMessages) {
    opened.seen.called = [];
    opened.seen.consumed = [];
    const returned = await call(forms);
    expect(opened.seen.called).toEqual([forms]);
    expect(returned).toEqual(forms);
    await expect.poll(() => opened.seen.consumed).toHaveLength(1);
    expect(opened.seen.consumed).toEqual([forms]);
  }
});

test("streams of tRPC and REST", async () => {
  opened.seen.called = [...formMessages];
  const response = await fetch(`${opened.url}/v1/forms`);
  const lines = (await response.text()).trimEnd().split("\n");
  expect(lines.map((line) => opened.json.read(resultOf(line)))).toEqual(formMessages);

  const received: unknown[] = [];
  await new Promise<void>((resolve, reject) => {
    trpcClient().subscription(
      "forms.watch",
      {},
      { onData: (data) => received.push(data), onError: reject, onComplete: resolve },
    );
  });
  expect(received).toEqual(formMessages);
});

/** The message in a line, as text: `{"result":…}`. */
function resultOf(line: string): string {
  expect([line.startsWith('{"result":'), line.endsWith("}")]).toEqual([true, true]);
  return line.slice('{"result":'.length, -1);
}
