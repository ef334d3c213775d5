import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "nats";
import { expect, inject, onTestFinished, test } from "vitest";
import { type Backends, openBackends } from "./backends.ts";
import type { NatsUser } from "./nats-users.ts";

const all = { publish: [">"], subscribe: [">"] };
const administrator: NatsUser = { name: "developer", password: "a secret/with%odd:characters@", ...all };
const orders: NatsUser = { name: "orders", password: "first", ...all };

/** Opens a NATS with the users. */
async function open(natsUsers: readonly NatsUser[]) {
  const folder = await mkdtemp(join(tmpdir(), "mesh backends "));
  const existing = { MESH_POSTGRES_URL: inject("postgresUrl") };
  const notices: string[] = [];
  const onNotice = (text: string) => void notices.push(text);
  const backends = await openBackends({ folder, existing, natsUsers, onNotice });
  onTestFinished(async () => {
    await backends.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return { backends, folder, notices };
}

/** Connects with a login once, and returns what happened. */
async function login(url: string): Promise<string> {
  const { host, username, password } = new URL(url);
  const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)];
  return connect({ servers: host, user, pass }).then(
    async (connection) => {
      await connection.close();
      return "accepted";
    },
    (error) => error.code,
  );
}

const urls = ({ natsUrl, natsUrlFor }: Backends, user: NatsUser) => [natsUrl, natsUrlFor(user)];

test.skipIf(process.platform === "win32")("users can be added while NATS runs", async () => {
  const { backends, folder, notices } = await open([administrator]);
  const [own = "", url = ""] = urls(backends, orders);
  expect([await login(own), await login(url)]).toEqual(["accepted", "AUTHORIZATION_VIOLATION"]);
  await backends.replaceNatsUsers([administrator, orders]);
  await expect.poll(() => login(url)).toBe("accepted");
  expect(await login(own)).toBe("accepted");
  expect((await stat(join(folder, "nats/users.conf"))).mode & 0o077).toBe(0);
  expect(notices).toEqual([]);
});

test.skipIf(process.platform === "win32")("users that were added are there after NATS was killed", async () => {
  const { backends, folder, notices } = await open([administrator]);
  await backends.replaceNatsUsers([administrator, orders]);
  process.kill(Number(await readFile(join(folder, "nats/nats.pid"), "utf8")), "SIGKILL");
  await expect.poll(() => notices).toEqual(["NATS ended unexpectedly; restarting it"]);
  await expect.poll(() => login(backends.natsUrlFor(orders))).toBe("accepted");
});
