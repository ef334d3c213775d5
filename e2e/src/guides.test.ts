import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Guide } from "../fixtures/guide.ts";
import { type Clone, openClone } from "./clone.ts";
import { edit, instructionsOf } from "./follow.ts";

/** Commands of the tutorial that take longest. The test of the whole tutorial runs them: tutorial.long.test.ts */
const skipped = ["npm run check", "npm run build"];

/** The services of the pages for those who come from elsewhere, as the gateway exposes them. */
const exposed = { cats: "CatsService", items: "ItemsService", mails: "MailsService", users: "UsersService" };

let clone: Clone;
let guide: Guide;

beforeAll(async () => {
  clone = await openClone();
  guide = new Guide(clone);
}, 300_000);
afterAll(async () => {
  await guide?.[Symbol.asyncDispose]();
  await clone?.[Symbol.asyncDispose]();
});

/** Adds the code of ours on the pages of docs/coming-from. */
async function addCompared(): Promise<void> {
  const folder = join(clone.root, "docs/coming-from");
  for (const page of await readdir(folder)) {
    const found = instructionsOf(await readFile(join(folder, page), "utf8"));
    for (const one of found) if (one.kind !== "commands") await edit(clone.root, one);
  }
  for (const name of Object.keys(exposed)) await addManifest(name);
  const router = join(clone.root, "gateway/src/router.ts");
  const imports = Object.entries(exposed).map(
    ([name, type]) => `import { ${type} } from "@mesh/contracts/${name}/v1";`,
  );
  const entries = Object.entries(exposed).map(([name, type]) => `  ${name}: ${type},\n`);
  const source = await readFile(router, "utf8");
  const list = "export const services = {\n";
  expect(source).toContain(list);
  await writeFile(router, `${imports.join("\n")}\n${source.replace(list, `${list}${entries.join("")}`)}`);
  expect(await clone.call("npm", ["run", "generate"])).toMatchObject({ code: 0 });
  for (const name of ["users", "mails"]) {
    expect(await clone.call("npm", ["run", "migration", "--", name, "tables"])).toMatchObject({ code: 0 });
  }
}

/** Gives a service a package.json, which a deployment needs. */
async function addManifest(name: string): Promise<void> {
  const text = await readFile(join(clone.root, "services/payments/package.json"), "utf8");
  await writeFile(join(clone.root, `services/${name}/package.json`), text.replaceAll("payments", name));
}

/** A mutation has a cookie or a key. */
function headers() {
  return { "content-type": "application/json", "idempotency-key": crypto.randomUUID() };
}

it("the tutorial works, except for its longest commands", async () => {
  await addCompared();
  await guide.follow(instructionsOf(await readFile(join(clone.root, "docs/tutorial.md"), "utf8")), skipped);
  const written = await readFile(join(clone.root, "deploy/dist/kubernetes/base/reviews.yaml"), "utf8");
  expect(written).toContain("kind: Deployment");
}, 900_000);

it.each([
  ["cats", "cat", { name: "Tom", age: 3 }, { name: "Tom", age: 41 }],
  ["items", "item", { name: "Pen", count: 10 }, { name: "", count: 10 }],
])("the service of %s on a page that compares adds, returns and checks", async (name, field, valid, wrong) => {
  const url = `${guide.mesh.gatewayUrl}/v1/${name}`;
  const post = (body: object) => fetch(url, { method: "POST", headers: headers(), body: JSON.stringify(body) });
  const added = await (await post(valid)).json();
  expect(added).toEqual({ [field]: { id: expect.any(String), ...valid } });
  expect(await (await fetch(`${url}/${added[field].id}`)).json()).toEqual(added);
  expect((await post(wrong)).status).toBe(400);
  expect((await fetch(`${url}/${crypto.randomUUID()}`)).status).toBe(404);
});

it("the service of users on a page that compares publishes an event, and consumes it", async () => {
  const body = JSON.stringify({ email: "ada@example.com" });
  const response = await fetch(`${guide.mesh.gatewayUrl}/v1/users`, { method: "POST", headers: headers(), body });
  const { id } = await response.json();
  const lines = () => guide.mesh.apps.users?.output().split("\n") ?? [];
  await expect.poll(() => lines().filter((line) => line.includes(id) && line.includes("welcome"))).toHaveLength(1);
});

it("the service of mails on a page that compares does the job that a call enqueues", async () => {
  const body = JSON.stringify({ email: "bob@example.com" });
  const response = await fetch(`${guide.mesh.gatewayUrl}/v1/mails`, { method: "POST", headers: headers(), body });
  expect(await response.json()).toEqual({ id: expect.any(String) });
  const lines = () => guide.mesh.apps.mails?.output().split("\n") ?? [];
  await expect.poll(() => lines().filter((line) => line.includes("bob@example.com"))).toHaveLength(1);
});
