import { readPolicy } from "@mesh/rpc";
import { testNats } from "@mesh/testing";
import { connect } from "nats";
import { expect, test, vi } from "vitest";
import { deadline, openFollower, openStore, putRaw, spawnFollower } from "../../fixtures/policy.ts";

test("a change is active in all processes within a second, without a restart", async () => {
  await using nats = await testNats();
  const store = await openStore(nats.url);
  const followers = await Promise.all([spawnFollower(nats.url), spawnFollower(nats.url)]);
  await store.write(deadline(1), 0);
  for (const seen of followers) await vi.waitFor(() => expect(seen.at(-1)?.rules).toHaveLength(1), 60_000);
  const writtenAt = performance.now();
  await store.write(deadline(2), 1);
  for (const seen of followers) {
    await vi.waitFor(() => expect(seen.at(-1)?.rules[0]?.deadlineMs).toBe(2), 60_000);
    expect((seen.at(-1)?.at ?? 0) - writtenAt).toBeLessThan(1_000);
  }
});

test.each([
  ["garbage", new Uint8Array([0xff, 0xfe])],
  ["a text", "hehehe"],
  ["nothing", ""],
  ["an unknown field", '{"rules": [], "rule": 1}'],
  ["a broken rule", '{"rules": [{"service": "orders", "deadline_ms": 0}]}'],
])("of %s in the bucket there is a warning, and the last valid policy stays", async (_, value) => {
  await using nats = await testNats();
  const store = await openStore(nats.url);
  await store.write(deadline(1), 0);
  const before = openFollower(nats.url);
  await vi.waitFor(() => expect(before.deadlines()).toEqual([1]), 60_000);
  await putRaw(nats.url, value);
  await vi.waitFor(() => expect(before.warnings()).toEqual([{ revision: 2, reason: expect.any(String) }]), 60_000);
  // A process that starts now uses it, too.
  const after = openFollower(nats.url);
  await vi.waitFor(() => expect(after.deadlines()).toEqual([1]), 60_000);
  await store.write(deadline(3), 2);
  await vi.waitFor(
    () =>
      expect([before.deadlines(), after.deadlines()]).toEqual([
        [1, 3],
        [1, 3],
      ]),
    60_000,
  );
});

test("a policy that is deleted is one without rules", async () => {
  await using nats = await testNats();
  const store = await openStore(nats.url);
  await store.write(deadline(1), 0);
  const { seen } = openFollower(nats.url);
  await vi.waitFor(() => expect(seen).toHaveLength(1), 60_000);
  const connection = await connect({ servers: nats.url });
  await (await connection.jetstream().views.kv("mesh_policy")).delete("policy");
  await connection.close();
  await vi.waitFor(() => expect(seen.at(-1)).toEqual([]), 60_000);
});

test("NATS may start later, be killed, and lose its bucket: the known policy stays until there is another", async () => {
  await using nats = await testNats();
  await nats.stop();
  const follower = openFollower(nats.url);
  await nats.restart();
  const store = await openStore(nats.url);
  await store.write(deadline(1), 0);
  await vi.waitFor(() => expect(follower.deadlines()).toEqual([1]), 60_000);
  await nats.kill();
  await nats.restart();
  await vi.waitFor(async () => store.write(deadline(2), 1), 60_000);
  await vi.waitFor(() => expect(follower.deadlines()).toEqual([1, 2]), 60_000);
  const connection = await connect({ servers: nats.url });
  await (await connection.jetstreamManager()).streams.delete("KV_mesh_policy");
  await connection.close();
  await (await openStore(nats.url)).write(deadline(3), 0);
  await vi.waitFor(() => expect(follower.deadlines()).toEqual([1, 2, 3]), 60_000);
});

test("a late listener gets the policy that is known, and none after it left", async () => {
  await using nats = await testNats();
  const store = await openStore(nats.url);
  const { source, seen } = openFollower(nats.url);
  await store.write(deadline(1), 0);
  await vi.waitFor(() => expect(seen).toHaveLength(1), 60_000);
  const late = vi.fn();
  const unwatch = source.watch(late);
  expect(late).toHaveBeenCalledOnce();
  unwatch();
  await store.write(deadline(2), 1);
  await vi.waitFor(() => expect(seen).toHaveLength(2), 60_000);
  expect(late).toHaveBeenCalledOnce();
});

test("the last 30 policies are kept, with those that are not valid", async () => {
  await using nats = await testNats();
  const store = await openStore(nats.url);
  expect(await store.revisions()).toEqual([]);
  for (let ms = 1; ms <= 31; ms += 1) await store.write(deadline(ms), ms - 1);
  await putRaw(nats.url, "{}}");
  const revisions = await store.revisions();
  expect(revisions.map(({ revision }) => revision)).toEqual(Array.from({ length: 30 }, (_, index) => 32 - index));
  expect(revisions.slice(0, 2)).toEqual([
    { revision: 32, createdAt: expect.any(Date), policy: undefined },
    { revision: 31, createdAt: expect.any(Date), policy: deadline(31) },
  ]);
});

test("a policy is not written if it is invalid, too large, or was changed by another", async () => {
  await using nats = await testNats();
  const store = await openStore(nats.url);
  await store.write(deadline(1), 0);
  await expect(store.write(deadline(2), 0)).rejects.toMatchObject({ code: "ABORTED" });
  const [rule] = deadline(600_001 - 1).rules;
  const invalid = { rules: [{ ...rule, service: "O" }] } as ReturnType<typeof readPolicy>;
  await expect(store.write(invalid, 1)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  const name = "a".repeat(198);
  const rules = Array.from({ length: 500 }, (_, at) => {
    return { service: name, method: `${name}${at}`.slice(-200), caller: name, deadline_ms: 1 };
  });
  await expect(store.write(readPolicy({ rules }), 1)).rejects.toThrow("larger than 256 KiB");
  expect(await store.revisions()).toHaveLength(1);
});
