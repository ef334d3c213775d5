import { formKeyOf } from "@mesh/codegen/testing";
import { MeshError } from "@mesh/contracts";
import { transformer } from "@mesh/contracts/transformer";
import { createTRPCUntypedClient, httpLink, TRPCClientError } from "@trpc/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser } from "../fixtures/browser.ts";
import { type Forms, openForms } from "../fixtures/forms.ts";
import { parsed } from "../fixtures/rest-client.ts";

// A value that the .proto of a well-known type forbids is rejected by every surface, with the name of its field. What one
// surface accepts, all return.

const browser = openBrowser("");
let opened: Awaited<ReturnType<typeof openForms>>;
beforeAll(async () => {
  opened = await openForms();
});
afterAll(() => opened?.close());

const keyOf = (type: string) => formKeyOf(/^[A-Z]/.test(type) ? `google.protobuf.${type}` : type);
const known = "type.googleapis.com/forms.v1.Part";
const unknown = "type.googleapis.com/no.Such";

async function callTrpc(forms: Forms): Promise<unknown> {
  const fetch = (url: string | URL, init: unknown) => browser.fetch(url, init as RequestInit);
  const client = createTRPCUntypedClient({ links: [httpLink({ url: `${opened.url}/trpc`, transformer, fetch })] });
  return client.mutation("forms.echo", forms);
}

async function callRest(body: object) {
  const headers = { "content-type": "application/json" };
  const url = `${opened.url}/v1/forms`;
  const response = await browser.fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: response.status, json: parsed(await response.text()) };
}

/** Returns the fields that an error names. */
function fieldsOf(error: unknown): unknown {
  const problem = error instanceof TRPCClientError ? error.data : error;
  if (!(error instanceof MeshError) && !(error instanceof TRPCClientError)) throw error;
  return problem.violations.map(({ field }: { field: string }) => field);
}

const half = JSON.parse('"\\ud800"');

/** The type of a field, a value of it, its JSON if it has one, and the place in the value that is wrong. */
const rejected: readonly (readonly [type: string, value: unknown, json: unknown, inner?: string])[] = [
  ["Timestamp", new Date("0000-12-31T23:59:59.999Z"), "0000-01-01T00:00:00Z"],
  ["Timestamp", new Date("+010000-01-01T00:00:00Z"), "10000-01-01T00:00:00Z"],
  ["Duration", { seconds: 1n, nanos: -1 }, "400000000000s"],
  ["Duration", { seconds: 0n, nanos: 2_000_000_000 }, "1.0000000001s"],
  ["FieldMask", ["display__name"], "display__name"],
  ["FieldMask", ["fooBar"], "foo_bar"],
  ["Any", { typeUrl: "x", value: new Uint8Array() }, { "@type": "x" }],
  ["Any", { typeUrl: known, value: new Uint8Array([255, 255]) }, { "@type": known, "@value": "//8=" }],
  ["Any", { typeUrl: unknown, value: new Uint8Array([255]) }, { "@type": unknown, "@value": "/w==" }],
  ["Struct", { a: Number.NaN }, undefined, '["a"]'],
  ["Struct", { a: half }, { a: half }, '["a"]'],
  ["Struct", { a: new Date(0) }, undefined, '["a"]'],
  ["Struct", { a: new Uint8Array([1, 2]) }, undefined, '["a"]'],
  ["Value", Number.POSITIVE_INFINITY, undefined],
  ["ListValue", [1, undefined], undefined, "[1]"],
  ["string", half, half],
];

const cases = rejected.map(([type, value, json, inner = ""]) => ({ type, value, json, inner }));

describe.each(cases)("$type $value is rejected", ({ type, value, json, inner }) => {
  const key = keyOf(type);
  const named = [expect.stringMatching(new RegExp(`^${key}(?:\\[\\d\\])?$`))];
  const expected = inner === "" ? named : [key + inner];

  test("by gRPC and by events", async () => {
    await expect(opened.client.echo({ [key]: value }).catch(fieldsOf)).resolves.toEqual(expected);
    const { error } = opened.event.schema.safeParse({ id: "a", forms: { [key]: value } });
    expect(error?.issues[0]?.path.slice(0, 2)).toEqual(["forms", key]);
  });

  test("by tRPC", async () => {
    await expect(callTrpc({ [key]: value }).catch(fieldsOf)).resolves.toEqual(expected);
  });

  test.skipIf(json === undefined)("by REST", async () => {
    const { status, json: problem } = await callRest({ [key]: json });
    expect([status, problem.violations.map(({ field }: { field: string }) => field)]).toEqual([400, expected]);
  });
});

describe.each([
  [
    "an Any of an unknown type",
    { typeUrl: unknown, value: new Uint8Array([8, 1]) },
    { "@type": unknown, "@value": "CAE=" },
  ],
  ["an empty Any", { typeUrl: "", value: new Uint8Array() }, {}],
  [
    "an Any of a known type with bytes that are not its own",
    { typeUrl: known, value: new Uint8Array([10, 1, 255]) },
    { "@type": known, "@value": "CgH/" },
  ],
])("%s", (_, value, json) => {
  const key = keyOf("Any");

  test("travels by gRPC and tRPC", async () => {
    expect((await opened.client.echo({ [key]: value }))[key]).toEqual(value);
    expect(await callTrpc({ [key]: value })).toMatchObject({ [key]: value });
  });

  test("is returned and read by REST", async () => {
    opened.seen.called = [];
    const { status, json: returned } = await callRest({ [key]: json });
    expect([status, returned[key]]).toEqual([200, json]);
    expect(opened.seen.called[0]?.[key]).toEqual(value);
  });
});
