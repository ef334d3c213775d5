import type { MethodDefinition, MethodOwner, Principal } from "@mesh/contracts";
import { beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { EchoService } from "../fixtures/echo.ts";
import { forge } from "../fixtures/forge.ts";
import { type TestAuthority, testAuthority } from "../fixtures/identities.ts";
import { collect, echoHandlers, scopeWith, silent } from "../fixtures/servers.ts";
import { type CallScope, connect, createTokens, implement, type RunningServer, serve, tokenHeader } from "./index.ts";

let authority: TestAuthority;
beforeAll(async () => {
  authority = await testAuthority();
});

const gateway = { scopes: ["notes:read"] };
const callers = ["*", "gateway"];

/** Serves the echo service with options in each method. `seen` has the principals of the calls that a handler got. */
async function serveWith(options: Partial<MethodDefinition>) {
  const seen: (Principal | undefined)[] = [];
  const methods = Object.entries(EchoService.methods).map(([name, method]) => {
    return [name, { ...method, callers, ...options }] as const;
  });
  const unary = async (request: { text: string; number: number }, { principal }: CallScope) => {
    seen.push(principal);
    return request;
  };
  const definition = { ...EchoService, methods: Object.fromEntries(methods) } as typeof EchoService;
  const handlers = { ...echoHandlers, unary };
  const identity = await authority.identity("test");
  const server = await serve({
    services: [implement(definition, handlers)],
    log: silent,
    credentials: identity,
    operators: ["developer"],
    tokens: createTokens(identity, { issuers: ["gateway", "developer"] }),
    drainMs: 50,
  });
  onTestFinished(() => server.close());
  return { server, seen };
}

/** Connects as a process, whose tokens are signed by itself or another process. */
async function connectAs(name: string, { address }: RunningServer, signer = name) {
  const credentials = await authority.identity(name);
  const tokens = createTokens(await authority.identity(signer));
  const upstream = connect(EchoService, { address, mux: inject("mux"), credentials, tokens });
  onTestFinished(() => upstream.close());
  return {
    ...upstream,
    as: (principal: Principal) => upstream.bind(scopeWith({ principal })),
  };
}

const ada = (...scopes: string[]): Principal => ({ kind: "customer", id: "ada", scopes: new Set(scopes) });

describe("the scopes of a method", () => {
  test("are checked in the service by the token of the gateway", async () => {
    const { server, seen } = await serveWith({ gateway });
    const { as } = await connectAs("gateway", server);
    await as(ada("notes:write", "notes:read")).unary({});
    expect(seen).toEqual([ada("notes:write", "notes:read")]);
    const denied = { code: "PERMISSION_DENIED", message: "the caller lacks the scope notes:read" };
    await expect(as(ada("notes:write")).unary({})).rejects.toMatchObject(denied);
    await expect(as(ada()).unary({})).rejects.toMatchObject(denied);
    await expect(as({ kind: "customer", id: "ada" }).unary({})).rejects.toMatchObject(denied);
    await expect(collect(as(ada()).down({ number: 1 }))).rejects.toMatchObject(denied);
    expect(seen).toHaveLength(1);
  });

  test("are missing in a call of the gateway without a token, which it may make on its own account", async () => {
    const { server, seen } = await serveWith({ gateway });
    const { client, as } = await connectAs("gateway", server);
    await expect(client.unary({})).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    await as({ kind: "service", id: "gateway" }).unary({});
    expect(seen).toHaveLength(1);
  });

  test("are checked for the token of a developer, not for the developer", async () => {
    const { server, seen } = await serveWith({ gateway });
    for (const signer of ["developer", "gateway"]) {
      const { client, as } = await connectAs("developer", server, signer);
      await client.unary({});
      await as(ada("notes:read")).unary({});
      await expect(as(ada()).unary({})).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    }
    expect(seen).toHaveLength(4);
  });

  test("do not matter for the calls of a service, which passes on the token of its customer", async () => {
    const { server, seen } = await serveWith({ gateway });
    const { as, client } = await connectAs("orders", server, "gateway");
    await as(ada()).unary({});
    await client.unary({});
    expect(seen).toEqual([ada(), undefined]);
  });

  test("can't be added to a token", async () => {
    const { server, seen } = await serveWith({ gateway });
    const { client } = await connectAs("gateway", server);
    const [header, , signature] = (await forge(await authority.files("gateway"), { claims: { scope: "" } })).split(".");
    const [, claims] = (await forge(await authority.files("gateway"), { claims: { scope: "notes:read" } })).split(".");
    const forged = [header, claims, signature].join(".");
    const call = client.unary({}, { headers: { [tokenHeader]: forged } });
    await expect(call).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    const ofService = await forge(await authority.files("orders"), { claims: { scope: "notes:read" } });
    const signed = client.unary({}, { headers: { [tokenHeader]: ofService } });
    await expect(signed).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    expect(seen).toEqual([]);
  });

  test("are those of the token in which they are, also for one principal at the same time", async () => {
    const { server, seen } = await serveWith({ gateway });
    const { as } = await connectAs("gateway", server);
    const calls = Array.from({ length: 20 }, (_, at) => as(at % 2 ? ada("notes:read") : ada("notes:write")).unary({}));
    const ended = await Promise.allSettled(calls);
    expect(ended.map(({ status }) => status)).toEqual(calls.map((_, at) => (at % 2 ? "fulfilled" : "rejected")));
    expect(seen).toHaveLength(10);
  });
});

describe("the owner", () => {
  const read: Partial<MethodDefinition> = { idempotency: "no_side_effects" };
  const served = (owner: MethodOwner) => serveWith({ ...read, owner });

  test("in a request must be the caller, whichever process calls", async () => {
    const { server, seen } = await served({ request: ["text"], unless: "notes:any" });
    for (const name of ["gateway", "orders"]) {
      const { as } = await connectAs(name, server, "gateway");
      await as(ada()).unary({ text: "ada" });
      await as(ada("notes:any")).unary({ text: "eve" });
      for (const text of ["eve", "", "Ada"]) {
        const denied = { code: "PERMISSION_DENIED", message: "text of the request is not the caller" };
        await expect(as(ada("notes:read")).unary({ text })).rejects.toMatchObject(denied);
      }
    }
    expect(seen).toHaveLength(4);
  });

  test("in a response must be the caller, or there is no such object", async () => {
    const { server, seen } = await served({ response: ["text"], unless: "notes:any" });
    const { as } = await connectAs("gateway", server);
    expect(await as(ada()).unary({ text: "ada" })).toMatchObject({ text: "ada" });
    expect(await as(ada("notes:any")).unary({ text: "eve" })).toMatchObject({ text: "eve" });
    const missing = { code: "NOT_FOUND", message: "not found", reason: "" };
    await expect(as(ada("notes:read")).unary({ text: "eve" })).rejects.toMatchObject(missing);
    await expect(as(ada()).unary({})).rejects.toMatchObject(missing);
    expect(seen).toHaveLength(4);
  });

  test("is checked in each response of a stream", async () => {
    const { server } = await served({ response: ["text"] });
    const { as } = await connectAs("gateway", server);
    expect(await collect(as(ada()).down({ text: "ada", number: 2 }))).toHaveLength(2);
    await expect(collect(as(ada()).down({ text: "eve", number: 2 }))).rejects.toMatchObject({ code: "NOT_FOUND" });
    const seen: string[] = [];
    async function* texts() {
      yield { text: "ada" };
      yield { text: "eve" };
    }
    const all = async () => {
      for await (const { text } of as(ada()).both(texts())) seen.push(text);
    };
    await expect(all()).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(seen).toEqual(["ada"]);
  });

  test("is no customer if a service calls on its own account, but the gateway needs one", async () => {
    const { server, seen } = await served({ response: ["text"], request: ["text"] });
    const orders = await connectAs("orders", server);
    await orders.client.unary({ text: "eve" });
    await orders.as({ kind: "service", id: "orders" }).unary({ text: "eve" });
    const { client } = await connectAs("gateway", server);
    await expect(client.unary({ text: "eve" })).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    expect(seen).toHaveLength(2);
  });
});
