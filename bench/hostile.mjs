// Measures how long it takes to reject a megabyte: lists, maps and strings in which every or the last value is wrong, and depth.
// `node bench/hostile.mjs [filter]`. A line per case: ours, then plain zod's where it says the same; medians of the time
// that the processor took, which others on the machine do not change much.
import { argv, cpuUsage, stdout } from "node:process";
import { load } from "./load.mjs";

const { cases } = await load(`
  import { re2 } from "@mesh/contracts/re2";
  import * as s from "@mesh/contracts/schema";
  import * as z from "zod";

  const size = 2 ** 20;
  const times = (text, more = "") => text.repeat(Math.floor(size / text.length)) + more;
  const many = (json) => JSON.parse("[" + times(json + ",") + json + "]");
  const pairs = (value) => Object.fromEntries(Array.from({ length: size / 16 }, (_, at) => ["key" + at, value]));
  const id = "0190f5fe-7f9b-7c3e-8f1a-2b3c4d5e6f70";
  const part = s.message(() => ({ id: s.guid() }));
  const tree = s.message(() => ({ next: tree.optional() }));
  const node = z.object({ get next() { return node.optional(); } });
  const zPart = z.object({ id: z.uuid() });
  const deep = (depth) => JSON.parse('{"next":'.repeat(depth) + "{}" + "}".repeat(depth));

  const lists = {
    "texts for numbers": [s.array(s.int32()), z.array(z.int32()), () => (many('"a"'))],
    "numbers out of range": [s.array(s.int32().check(s.range("int32", { gte: 1 }))), z.array(z.int32().min(1)), () => (many("0"))],
    "empty texts": [s.array(s.string().check(s.minLen(1))), z.array(z.string().min(1)), () => (many('""'))],
    "messages that lack a field": [s.array(part), z.array(zPart), () => (many("{}"))],
    "numbers for messages": [s.array(part), z.array(zPart), () => (many("1"))],
    "more items than allowed": [s.array(s.int32(), s.maxItems(100)), z.array(z.int32()).max(100), () => (many("1"))],
    "right items, the last wrong": [s.array(s.int32()), z.array(z.int32()), () => ([...many("1"), "a"])],
    "right messages, the last wrong": [s.array(part), z.array(zPart), () => ([...many(JSON.stringify({ id })), {}])],
    "the last item twice, unique": [s.array(s.int32(), s.unique()), undefined, () => ([...Array.from({ length: size / 7 }, (_, at) => 100_000 + at), 100_000])],
    "bytes, the last twice, unique": [s.array(s.bytes(), s.unique()), undefined,
      () => [...Array.from({ length: size / 8 }, (_, at) => Uint8Array.of(at, at >> 8, at >> 16, 0, 1, 2, 3, 4)), Uint8Array.of(0, 0, 0, 0, 1, 2, 3, 4)]],
    "lists in lists": [s.array(s.array(s.int32())), z.array(z.array(z.int32())), () => (many('["a","a"]'))],
  };
  const maps = {
    "wrong values": [s.record(String, s.string(), s.int32()), z.record(z.string(), z.int32()), () => (pairs("a"))],
    "wrong keys": [s.record(String, s.string().check(s.maxLen(2)), s.int32()), z.record(z.string().max(2), z.int32()), () => (pairs(1))],
    "more pairs than allowed": [s.record(String, s.string(), s.int32(), s.maxPairs(100)), undefined, () => (pairs(1))],
    "Map, wrong values": [s.keyed(s.int64(), s.int32()), z.map(z.int64(), z.int32()), () => (new Map(Array.from({ length: size / 16 }, (_, at) => [BigInt(at), "a"])))],
    "JSON that is too deep": [s.jsonObject(), undefined, () => ({ a: JSON.parse("[".repeat(size / 2) + "]".repeat(size / 2)) })],
  };
  const depths = { "100,000 messages in each other": [tree, node, () => deep(100_000)] };

  const formats = {
    uuid: s.uuid(), tuuid: s.tuuid(), ulid: s.ulid(), email: s.email(), hostname: s.hostname(), address: s.address(),
    hostAndPort: s.hostAndPort(), ip: s.ip(), ipPrefix: s.ipPrefix(), ipWithPrefixLength: s.ipWithPrefixLength(), uri: s.uri(),
    uriReference: s.uriReference(), name: s.protobufName(false), dotName: s.protobufName(true),
    headerName: s.headerName(true), headerValue: s.headerValue(true), len: s.len(5), minLen: s.minLen(size), maxLen: s.maxLen(5),
    lenBytes: s.lenBytes(5), minBytes: s.minBytes(2 * size), maxBytes: s.maxBytes(5), not: s.notContains("ab"),
    pattern: s.pattern(/^[a-z0-9]+(?:-[a-z0-9]+)*$/u, ""), "a pattern by RE2": s.pattern(re2("^(a+)+$"), ""), prefix: s.prefix("x"),
  };
  const seeds = ["a", "1", "1.", "a.", "a-", ":", "1:", "a:", "%41", "%ff", "/", "@", "a@", "?", "é", "👍", "\\ud800", "1::"];
  const starts = ["", "a@", "http://a@", "http://[", "a:", "//", "::", "[", "1:2:3:4:5:6:"];
  const textOf = (start, seed, end, bytes) => start + seed.repeat(Math.floor(bytes / seed.length)) + end;
  // The worst of many kinds of text of 16 KiB is tried with a megabyte.
  const worst = (type) => {
    const timed = starts.flatMap((start) => seeds.flatMap((seed) => ["", "\\n", "!"].map((end) => {
      const text = textOf(start, seed, end, 2 ** 14);
      const started = performance.now();
      type.safeParse(text);
      return { ms: performance.now() - started, text: textOf(start, seed, end, size) };
    })));
    return timed.reduce((a, b) => (a.ms > b.ms ? a : b)).text;
  };
  const texts = Object.fromEntries(Object.entries(formats).map(([name, check]) => {
    const type = s.string().check(check);
    return ["text for " + name, [type, undefined, () => worst(type)]];
  }));
  export const cases = { lists, maps, depths, texts };
`);

for (const [group, all] of Object.entries(cases)) {
  for (const [name, [ours, zods, value]] of Object.entries(all)) {
    if (!`${group}: ${name}`.includes(argv[2] ?? "")) continue;
    const input = value();
    const own = measured(ours, input);
    const other = zods ? measured(zods, input) : undefined;
    const figures = `${own.ms.toFixed(2).padStart(9)} ms ${String(own.issues).padStart(7)} issues`;
    const zod = other ? `   zod ${other.ms.toFixed(2).padStart(9)} ms ${String(other.issues).padStart(7)} issues` : "";
    stdout.write(`${figures}${zod.padEnd(39)}   ${group}: ${name}\n`);
  }
}

function measured(type, value) {
  const runs = Array.from({ length: 5 }, () => {
    const started = cpuUsage();
    const issues = issuesOf(type, value);
    const { user, system } = cpuUsage(started);
    return { ms: (user + system) / 1_000, issues };
  });
  return runs.sort((a, b) => a.ms - b.ms)[2];
}

function issuesOf(type, value) {
  try {
    const result = type.safeParse(value);
    return result.success ? 0 : result.error.issues.length;
  } catch (error) {
    return error.name;
  }
}
