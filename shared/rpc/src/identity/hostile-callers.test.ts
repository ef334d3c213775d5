import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { EchoService } from "../../fixtures/echo.ts";
import { expectSmall, memoryOf } from "../../fixtures/fuzz.ts";
import { inMs, type TestAuthority, testAuthority } from "../../fixtures/identities.ts";
import { rawClient } from "../../fixtures/raw-client.ts";
import { spawnServer } from "../../fixtures/replicas.ts";
import { type ClientCredentials, connect, createIdentity, type Identity, type IdentityFiles } from "../index.ts";

let authority: TestAuthority;
let other: TestAuthority;
beforeAll(async () => {
  [authority, other] = await Promise.all([testAuthority(), testAuthority()]);
});

async function write(dir: string, { cert, key, ca }: IdentityFiles): Promise<void> {
  const files = { "tls.crt": cert, "tls.key": key, "ca.crt": ca };
  await Promise.all(Object.entries(files).map(([name, pem]) => writeFile(join(dir, name), pem)));
}

/** Starts a server, in a process of its own, that trusts both authorities until `removeOther`. */
async function startServer() {
  const dir = await mkdtemp(join(tmpdir(), "mesh-tls-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  await write(dir, await authority.files("test", { ca: authority.ca + other.ca }));
  const server = await spawnServer("certified-process.ts", [dir]);
  return { server, removeOther: async () => write(dir, await authority.files("test")) };
}

/** Makes a call as another process, on a connection of its own. Resolves with the code of its error. */
async function codeOf(address: string, credentials: Identity | ClientCredentials | undefined, mux: boolean) {
  const upstream = connect(EchoService, { address, mux, ...(credentials && { credentials }) });
  const ended = upstream.client.unary({}, { timeoutMs: 20_000 }).then(
    () => "OK",
    ({ code }: { code: string }) => code,
  );
  return ended.finally(() => upstream.close());
}

test.each([
  ["plain gRPC", false],
  ["the mux", true],
])(
  "callers by %s that prove nothing, or that may not call, cost little memory, and others are served",
  async (_, mux) => {
    const { server, removeOther } = await startServer();
    const { address, pid } = server;
    const orders = await authority.identity("orders");
    const ofOther = createIdentity(await other.files("orders", { ca: authority.ca }));
    expect(await codeOf(address, ofOther, mux)).toBe("OK");
    await removeOther();
    await expect.poll(() => codeOf(address, ofOther, mux)).toBe("UNAVAILABLE");
    expect(await codeOf(address, orders, mux)).toBe("OK");

    const foreign = await testAuthority();
    const expired = { notBefore: inMs(-7_000), notAfter: inMs(-1_000) };
    const callers: [name: string, credentials: Identity | ClientCredentials | undefined, code: string][] = [
      ["of an authority that is removed", ofOther, "UNAVAILABLE"],
      ["of a foreign authority", await foreign.files("orders", { ca: authority.ca }), "UNAVAILABLE"],
      ["of another mesh", await authority.files("orders", { trustDomain: "another.mesh" }), "UNAVAILABLE"],
      ["whose certificate has expired", await authority.files("orders", expired), "UNAVAILABLE"],
      ["without a certificate", { ca: authority.ca, serverName: "localhost" }, "UNAVAILABLE"],
      ["without TLS", undefined, "UNAVAILABLE"],
      ["that is not listed", await authority.identity("payments"), "PERMISSION_DENIED"],
    ];
    const before = memoryOf(pid);
    for (const [name, credentials, code] of callers) {
      const given = credentials && "cert" in credentials ? { ...credentials, serverName: "localhost" } : credentials;
      const codes = await Promise.all(Array.from({ length: 10 }, () => codeOf(address, given, mux)));
      expect(new Set(codes), name).toEqual(new Set([code]));
      expect(await codeOf(address, orders, mux), name).toBe("OK");
      expectSmall(server, before);
    }
  },
);

test("a client of another make that is not listed gets PERMISSION_DENIED, and the next one is served", async () => {
  const { server } = await startServer();
  const path = "/test.v1.EchoService/Unary";
  const denied = rawClient(server.address, await authority.files("payments"));
  expect((await denied.unary(path, new Uint8Array())).error?.code).toBe(7);
  const listed = rawClient(server.address, await authority.files("orders"));
  expect((await listed.unary(path, new Uint8Array())).error).toBeNull();
});
