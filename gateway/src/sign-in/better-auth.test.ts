import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { PaymentError } from "@mesh/contracts/testing/payments/v1";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startMesh } from "../../fixtures/mesh.ts";
import { customerOf, orderOf } from "../../fixtures/services.ts";
import type { Identify } from "../identity/caller.ts";

const root = join(import.meta.dirname, "../../..");
/** Inside the package, so that the example imports our modules. */
const folder = join(root, "gateway/.examples");

/**
 * The part of better-auth that the example calls, with the types of its documentation. Its sessions are those of two cookies.
 *
 * Source: https://www.better-auth.com/docs/basic-usage#server-side
 */
const auth = `
interface User { id: string; email: string; emailVerified: boolean; name: string; createdAt: Date; updatedAt: Date }
interface Session { id: string; userId: string; token: string; expiresAt: Date }

export const auth = {
  api: {
    async getSession({ headers }: { headers: Headers }): Promise<{ session: Session; user: User } | null> {
      const [, id] = /better-auth\\.session_token=(ada|grace)\\b/.exec(headers.get("cookie") ?? "") ?? [];
      if (id === undefined) return null;
      const now = new Date();
      const user = { id, email: id + "@example.com", emailVerified: true, name: id, createdAt: now, updatedAt: now };
      return { session: { id: "s", userId: id, token: "t", expiresAt: now }, user };
    },
  },
};
`;

/** Returns the module on the page about signing in. */
function exampleOnPage(): string {
  const page = readFileSync(join(root, "docs/sign-in.md"), "utf8");
  const [, code] = /gateway\/src\/better-auth\.ts`:\n\n```ts\n(.*?)^```$/ms.exec(page) ?? [];
  if (code === undefined) throw new Error("docs/sign-in.md has no module better-auth.ts");
  return code;
}

beforeAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  const options = { extends: "../tsconfig.json", include: ["*.ts"] };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(options));
  await writeFile(join(folder, "auth.ts"), auth);
  // The contracts of the tests are there, whatever those of the project are.
  const own = exampleOnPage().replaceAll("@mesh/contracts/", "@mesh/contracts/testing/");
  await writeFile(join(folder, "better-auth.ts"), own.replaceAll(/"\.\/(?!auth\.ts)/g, '"../src/'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

it("the module for better-auth compiles", async () => {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const run = promisify(execFile)(process.execPath, [tsc, "-p", folder, "--noEmit"]).catch((error) => error);
  expect((await run).stdout).toBe("");
});

it("the module for better-auth identifies callers at a gateway, with the scopes of customers", async () => {
  const { identify }: { identify: Identify } = await import(join(folder, "better-auth.ts"));
  const services = {
    orders: {
      getOrder: async ({ id }: { id: string }, context: Parameters<typeof customerOf>[0]) => {
        return { order: orderOf(id, customerOf(context)) };
      },
    },
    payments: {
      getPayment: async ({ orderId }: { orderId: string }): Promise<never> => {
        throw PaymentError.paymentNotFound({ orderId });
      },
    },
  };
  const { url } = await startMesh(services, { identify });
  const id = "00000000-0000-4000-8000-000000000001";
  const get = async (path: string, user: string) => {
    const response = await fetch(url + path, { headers: { cookie: `better-auth.session_token=${user}` } });
    return { status: response.status, body: (await response.json()) as { customerId?: string } };
  };
  const [ada, again, grace] = [
    await get(`/v1/orders/${id}`, "ada"),
    await get(`/v1/orders/${id}`, "ada"),
    await get(`/v1/orders/${id}`, "grace"),
  ];
  expect([ada.status, again.body.customerId]).toEqual([200, ada.body.customerId]);
  expect(grace.body.customerId).not.toBe(ada.body.customerId);
  expect((await get(`/v1/orders/${id}`, "mallory")).status).toBe(401);
  expect((await get(`/v1/payments/${id}`, "ada")).status).toBe(403);
});
