import { MeshError } from "@mesh/contracts";
import { connect } from "@mesh/rpc";
import { expect, onTestFinished, test } from "vitest";
import { openBrowser } from "../fixtures/browser.ts";
import { generateForms, openForms } from "../fixtures/forms.ts";

/** Returns a contract whose Timestamps have a form. */
function contract(form: string): string {
  return `
syntax = "proto3";
package forms.v1;
import "buf/validate/validate.proto";
import "google/api/annotations.proto";
import "google/protobuf/timestamp.proto";
import "mesh/v1/options.proto";
option (mesh.v1.package).timestamps = TIMESTAMPS_${form};
service FormService {
  rpc Echo(Forms) returns (Forms) {
    option (google.api.http) = { post: "/v1/forms" body: "*" };
    option (mesh.v1.method) = { gateway: {public: true} };
  }
  rpc Watch(Forms) returns (stream Forms);
}
message FormsSent {
  option (mesh.v1.event) = { subject: "forms.v1.forms_sent" key: "id" };
  string id = 1;
  Forms forms = 2;
}
message Forms {
  google.protobuf.Timestamp at = 1;
  google.protobuf.Timestamp early = 2 [(buf.validate.field).timestamp.lte = {seconds: 1}];
}
`;
}

const at = { seconds: 1_700_000_000n, nanos: 123_456_789 };
const text = "2023-11-14T22:13:20.123456789Z";
const tooLate = { seconds: 1n, nanos: 1 };

/** Opens a service whose Timestamps have a form, and senders like those in Go, which send all digits. */
async function openForm(form: string) {
  const opened = await openForms(contract(form));
  const { FormService, FormsSent, dispose } = await generateForms(contract("EXACT"));
  const upstream = connect(FormService, { address: opened.address });
  onTestFinished(async () => {
    await upstream.close();
    await dispose();
    await opened.close();
  });
  return {
    ...opened,
    echo: (forms: object) => upstream.client.echo({ at: undefined, early: undefined, ...forms }),
    publish: (forms: object) => opened.send(FormsSent, { id: "a", forms: { ...forms } }),
    async post(body: object) {
      const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
      const response = await openBrowser("").fetch(`${opened.url}/v1/forms`, init);
      return { status: response.status, json: await response.json() };
    },
  };
}

async function errorOf(call: Promise<unknown>): Promise<MeshError> {
  const error = await call.catch((reason: unknown) => reason);
  if (error instanceof MeshError) return error;
  throw new Error("the call was not rejected with a MeshError", { cause: error });
}

test.each([
  ["TRUNCATE", new Date(1_700_000_000_123), { ...at, nanos: 123_000_000 }, "2023-11-14T22:13:20.123Z"],
  ["EXACT", at, at, text],
])("%s: a service passes the digits on, or cuts them", async (form, inTypescript, sent, inJson) => {
  const { echo, post, publish, seen } = await openForm(form);
  expect((await echo({ at })).at).toEqual(sent);
  expect(await post({ at: text })).toEqual({ status: 200, json: { at: inJson } });
  expect(seen.called.map((forms) => forms.at)).toEqual([inTypescript, inTypescript]);
  await publish({ at });
  // Two events are those that the calls published.
  await expect.poll(() => seen.consumed.map((forms) => forms.at)).toEqual([inTypescript, inTypescript, inTypescript]);
});

test("REJECT: digits below a millisecond are INVALID_ARGUMENT, by the name of the field and of the option", async () => {
  const { echo, post, publish, seen, logged } = await openForm("REJECT");
  const option = expect.stringContaining("(mesh.v1.package).timestamps");
  const error = await errorOf(echo({ at }));
  expect(error.code).toBe("INVALID_ARGUMENT");
  expect(error.violations).toMatchObject([{ field: "at", description: option }]);
  const { status, json } = await post({ at: text });
  expect([status, JSON.stringify(json)]).toEqual([400, option]);
  await publish({ at });
  await expect.poll(() => JSON.stringify(logged)).toContain("(mesh.v1.package).timestamps");
  expect([seen.called, seen.consumed]).toEqual([[], []]);
  expect((await echo({ at: { ...at, nanos: 123_000_000 } })).at).toEqual({ ...at, nanos: 123_000_000 });
});

test.each(["TRUNCATE", "REJECT", "EXACT"])("%s: the rule is checked on all digits", async (form) => {
  const { echo, post } = await openForm(form);
  expect((await errorOf(echo({ early: tooLate }))).violations).toMatchObject([{ field: "early" }]);
  expect((await post({ early: "1970-01-01T00:00:01.000000001Z" })).status).toBe(400);
  expect((await post({ early: "1970-01-01T00:00:01Z" })).status).toBe(200);
  expect((await errorOf(echo({ at: { seconds: 1n, nanos: -1 } }))).violations[0]?.field).toMatch(/^at/);
});
