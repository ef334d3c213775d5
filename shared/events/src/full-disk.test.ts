import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase, startPostgres } from "@mesh/dev";
import { openFragile, testNats } from "@mesh/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import { Happened } from "../fixtures/happened.ts";
import { effectsOf, nobody, numbers, openPart, outbox, type Part, record, unsent } from "../fixtures/part.ts";
import { openStreams } from "../fixtures/streams.ts";
import { on } from "./index.ts";

const canMount = spawnSync("unshare", ["--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0;

/** Mounts a file system of its own until the test ends. */
async function mountDisk(size: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "mesh-disk-"));
  expect(spawnSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", dir]).status).toBe(0);
  onTestFinished(async () => {
    spawnSync("umount", ["--lazy", dir]);
    await rm(dir, { recursive: true, force: true });
  });
  return dir;
}

/** Fills a disk except for some bytes. Returns a function that frees it. */
async function fillDisk(dir: string, restBytes: number): Promise<() => Promise<void>> {
  const { bavail, bsize } = await statfs(dir);
  const ballast = join(dir, "ballast");
  await writeFile(ballast, Buffer.alloc(bavail * bsize - restBytes));
  return () => rm(ballast);
}

/** Publishes an event whose bytes no compression makes smaller. Returns the error; undefined: it is committed. */
async function publishLarge({ events }: Part, number: number): Promise<unknown> {
  const note = randomBytes(60_000).toString("base64");
  const publishing = events.transaction(nobody, (tx) => tx.publish(Happened, { thing: "a", number, note }));
  return publishing.then(
    () => undefined,
    (error: unknown) => error,
  );
}

test.runIf(canMount)("a full disk of PostgreSQL fails what is published with a reason, and loses nothing", async () => {
  const dir = await mountDisk("256m");
  await using postgres = await openFragile((options) => startPostgres({ ...options, dir, durable: false }));
  await using nats = await testNats();
  const database = await createDatabase(postgres.url, "test");
  const consumers = [on(Happened, record)];
  await using part = await openPart({ nats: nats.url, database }, { consumers, retryDelaysMs: [] });
  expect(await publishLarge(part, 0)).toBeUndefined();
  await vi.waitFor(async () => expect(await effectsOf(part)).toEqual([0]));

  const free = await fillDisk(dir, 1_000_000);
  let count = 1;
  let error: unknown;
  for (; error === undefined && count < 100; count++) error = await publishLarge(part, count);
  expect(error).toMatchObject({ code: "UNAVAILABLE", message: "the database has no resources left" });
  expect(await publishLarge(part, count)).toMatchObject({ code: "UNAVAILABLE" });
  await free();
  // It ends if it can't write its log.
  await part.store.ready().catch(() => postgres.restart());

  const rows = await part.store.db.select({ payload: outbox.payload }).from(outbox);
  const stored = rows.map(({ payload }) => Happened.decode(payload).number).sort((one, other) => one - other);
  // The last one failed.
  expect(stored).toEqual(numbers(count - 1));
  await expect.poll(() => publishLarge(part, count - 1)).toBeUndefined();
  await vi.waitFor(async () => expect(await effectsOf(part)).toEqual(numbers(count)));
  await expect.poll(() => unsent(part)).toBe(0);
  await using streams = await openStreams(nats.url);
  expect(await streams.deadLetters()).toEqual([]);
});
