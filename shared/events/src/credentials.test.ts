import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findNatsServer, freePort, startProcess } from "@mesh/dev";
import { createLogger } from "@mesh/runtime";
import { openFragile } from "@mesh/testing";
import { nkeys } from "nats";
import { expect, onTestFinished, test } from "vitest";
import { connectBus } from "./bus.ts";

const { createAccount, createOperator, createUser } = nkeys;
type KeyPair = ReturnType<typeof createUser>;

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test("a process with the seed of an nkey reaches NATS, and one with another is rejected", async () => {
  const user = createUser();
  const url = await startNats(`authorization { users: [{ nkey: "${user.getPublicKey()}" }] }`);
  expect(await isReached(url, `${text(user.getSeed())}\n`)).toBe(true);
  expect(await isReached(url, text(createUser().getSeed()))).toBe(false);
  expect(await isReached(url, undefined)).toBe(false);
});

test("a process with a credentials file reaches a NATS whose operator has signed it", async () => {
  const [operator, account, user] = [createOperator(), createAccount(), createUser()];
  const limits = { conn: -1, data: -1, exports: -1, imports: -1, leaf: -1, payload: -1, subs: -1, wildcards: true };
  const accountJwt = jwtOf(account, operator, { type: "account", limits });
  const preload = `{ ${account.getPublicKey()}: "${accountJwt}" }`;
  const operatorJwt = jwtOf(operator, operator, { type: "operator" });
  const url = await startNats(`operator: "${operatorJwt}"\nresolver: MEMORY\nresolver_preload: ${preload}`);
  const userOf = (issuer: KeyPair) => jwtOf(user, issuer, { type: "user", subs: -1, data: -1, payload: -1 });
  expect(await isReached(url, credsOf(userOf(account), user).trim())).toBe(true);
  expect(await isReached(url, credsOf(userOf(createAccount()), user))).toBe(false);
});

/** Starts a nats-server that a test ends. */
async function startNats(config: string): Promise<string> {
  const [command, port] = await Promise.all([findNatsServer(), freePort()]);
  const url = `nats://127.0.0.1:${port}`;
  const server = await openFragile(async ({ dir }) => {
    const file = join(dir, "nats.conf");
    await writeFile(file, `listen: "127.0.0.1:${port}"\n${config}\n`);
    // The bus waits until it accepts connections.
    const options = { logFile: join(dir, "nats.log"), signal: "SIGTERM", isReady: async () => true } as const;
    return { ...(await startProcess({ name: "nats-server", command, args: ["-c", file], port, ...options })), url };
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return url;
}

/** Returns whether a bus connects, or reports that NATS rejects it. */
async function isReached(url: string, creds: string | undefined): Promise<boolean> {
  let reject = () => {};
  const rejected = new Promise<false>((resolve) => {
    reject = () => resolve(false);
  });
  const destination = { write: (line: string) => void (line.includes("Authorization Violation") && reject()) };
  const log = createLogger({ name: "credentials-test", level: "warn", destination });
  const bus = connectBus({ url, creds, name: "orders", log });
  onTestFinished(() => bus.close());
  return Promise.race([bus.connected(AbortSignal.timeout(60_000)).then(() => true), rejected]);
}

/** Signs a token in the form of NATS. */
function jwtOf(subject: KeyPair, issuer: KeyPair, claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const payload = {
    jti: crypto.randomUUID(),
    iat: Math.floor(Date.now() / 1_000),
    iss: issuer.getPublicKey(),
    sub: subject.getPublicKey(),
    name: "test",
    nats: { version: 2, ...claims },
  };
  const signed = `${part({ typ: "JWT", alg: "ed25519-nkey" })}.${part(payload)}`;
  return `${signed}.${Buffer.from(issuer.sign(Buffer.from(signed))).toString("base64url")}`;
}

function credsOf(jwt: string, user: KeyPair): string {
  const block = (name: string, value: string, dashes: string) =>
    `-----BEGIN ${name}-----\n${value}\n${dashes}END ${name}${dashes}\n\n`;
  return block("NATS USER JWT", jwt, "------") + block("USER NKEY SEED", text(user.getSeed()), "------");
}
