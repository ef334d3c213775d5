import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { buildPeer } from "./mesh/build.mjs";
import { makeCertificates } from "./mesh/certificates.mjs";
import { chart } from "./mesh/chart.mjs";
import { closePair, measureLoad, openPair, rotated } from "./mesh/load-tables.mjs";
import { median } from "./mesh/median.mjs";
import { PeerProcess } from "./mesh/processes.mjs";
import { document, tablesOf } from "./mesh/report.mjs";

const root = join(import.meta.dirname, "..");
const bench = join(import.meta.dirname, "mesh.mjs");
const run = (...args) => spawnSync(process.execPath, [bench, ...args], { encoding: "utf8" });

const load = { rps: expect.any(Number), p50: expect.any(Number), p99: expect.any(Number), cpu: expect.any(Number) };
const start = { ms: expect.any(Number), rssMb: expect.any(Number) };

test("--json prints one object as the only line: of calls, of messages and of starts", { timeout: 300_000 }, () => {
  const args = ["--only", "unary-32,stream,start", "--peers", "typemesh-grpc,grpc-js", "--rounds", "1"];
  const { status, stdout, stderr } = run(...args, "--seconds", "0.2", "--json");
  expect([status, stderr]).toEqual([0, expect.stringContaining(`measuring with Node ${process.version}\n`)]);
  expect(stdout).toMatch(/^\{.*\}\n$/);
  const results = JSON.parse(stdout);
  expect(results).toEqual({
    "unary-32": { "grpc-js": load, "typemesh-grpc": load },
    stream: { "grpc-js": load, "typemesh-grpc": load },
    start: { "grpc-js": start, "typemesh-grpc": start },
  });
  const numbers = Object.values(results).flatMap(Object.values).flatMap(Object.values);
  expect(numbers.filter((number) => !(number > 0))).toEqual([]);
});

test("peers that need only the workspace are measured, as tables with ratios", { timeout: 300_000 }, () => {
  const args = ["--only", "unary-1,unary-256,stream", "--peers", "h2,grpc-js,nats-request,framed-tcp", "--rounds", "2"];
  const { status, stdout } = run(...args, "--calls", "300");
  expect(status).toBe(0);
  expect(stdout).toContain("## Unary calls, 1 in flight");
  expect(stdout).toContain("## Unary calls, 256 in flight");
  expect(stdout).toContain("## Messages of one server stream");
  for (const peer of ["h2", "nats-request", "framed-tcp", "grpc-js"]) {
    const rows = stdout.matchAll(new RegExp(`^\\| ${peer} +\\| +[\\d,]+ \\| +\\d+\\.\\d\\d × `, "gm"));
    expect([peer, [...rows].length]).toEqual([peer, 3]);
  }
  expect(stdout).toMatch(/^\| grpc-js +\| +[\d,]+ \| +1\.00 ×/m);
  expect(existsSync(join(root, "node_modules/.cache/mesh-bench/nats"))).toBe(true);
});

test("gateways are measured in front of their services, with the CPU time of the gateway", { timeout: 300_000 }, () => {
  const args = ["--only", "gateway-64,rest-64,subscription", "--peers", "trpc-standalone,typemesh", "--rounds", "1"];
  const { status, stdout, stderr } = run(...args, "--calls", "300", "--json");
  expect([status, stderr]).toEqual([0, expect.stringContaining("measuring with Node")]);
  expect(JSON.parse(stdout)).toEqual({
    "gateway-64": { "trpc-standalone": load, typemesh: load },
    "rest-64": { typemesh: load },
    subscription: { "trpc-standalone": load, typemesh: load },
  });
});

test("events are published and consumed, each peer with servers of its own", { timeout: 300_000 }, () => {
  const args = ["--only", "events-publish,events-consume", "--rounds", "1", "--calls", "300", "--json"];
  const { status, stdout, stderr } = run(...args);
  expect([status, stderr]).toEqual([0, expect.stringContaining("measuring with Node")]);
  const all = { nats: load, typemesh: load, "typemesh-nats": load };
  expect(JSON.parse(stdout)).toEqual({ "events-publish": all, "events-consume": all });
});

test.each([
  ["--only has no", "--only", "unary-2"],
  ["--only has no", "--only", ""],
  ["--peers has no", "--peers", "grpc-js,express"],
  ["--rounds must be a whole number above 0, got", "--rounds", "0"],
  ["--rounds must be a whole number above 0, got", "--rounds", "1.5"],
  ["--seconds must be a number above 0, got", "--seconds", "x"],
  ["--calls must be a whole number above 0, got", "--calls", ""],
  ["exclude each other", "--calls", "5", "--seconds", "1"],
  ["--sdk must be on or off, got", "--sdk", "none"],
  ["'--round'", "--round", "1"],
  ["'start'", "start"],
])("%s: an error of %s %s", (message, ...args) => {
  const { status, stdout, stderr } = run(...args);
  expect([status, stdout, stderr]).toEqual([2, "", expect.stringContaining(message)]);
  expect(stderr).toContain("npm run bench -- --help");
});

test("--help names the tables, the peers and the exit codes", () => {
  const { status, stdout } = run("--help");
  expect(status).toBe(0);
  const words = ["unary-256", "stream", "start", "gateway-64", "moleculer-tcp", "trpc-standalone", "Exit codes"];
  for (const word of words) {
    expect(stdout).toContain(word);
  }
});

test("a peer whose server can't start ends the run with its name and reason", async () => {
  const folder = mkdtempSync(join(tmpdir(), "mesh-bench-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, "server.mjs");
  writeFileSync(program, 'throw new Error("no such host");');
  const server = new PeerProcess("broken, server", program, { node: process.execPath, options: {} });
  onTestFinished(() => server.end());
  await expect(server.next()).rejects.toThrow(/^broken, server: the process ended with 1\n[\s\S]*no such host/);
});

test("ours with certificates accepts calls only over mutual TLS", { timeout: 300_000 }, async () => {
  const folder = mkdtempSync(join(root, "node_modules/.cache/mesh-bench-test-"));
  const certificates = await makeCertificates();
  onTestFinished(() => {
    for (const path of [folder, certificates]) rmSync(path, { recursive: true, force: true });
  });
  const programs = await buildPeer(root, folder, { name: "ours", file: "typemesh", isOurs: true });
  const peer = { name: "ours", programs, node: process.execPath, options: { mux: false, certificates } };
  const pair = await openPair(peer);
  onTestFinished(() => closePair(pair));
  const options = { rounds: 1, seconds: 1, calls: 20, progress: () => undefined };
  const { ours } = await measureLoad([pair], { kind: "unary", inFlight: 2 }, options);
  expect(ours).toEqual(load);
  const plain = await openPair({ ...peer, options: { mux: false } });
  onTestFinished(() => closePair(plain));
  const mixed = { ...pair, client: plain.client };
  await plain.client.ask("connect", pair.address);
  await expect(measureLoad([mixed], { kind: "unary", inFlight: 1 }, options)).rejects.toThrow("ours, client: ");
});

test("rounds begin with another peer each time, and the result is the median", () => {
  expect([0, 1, 2, 3].map((round) => rotated(["a", "b", "c"], round).join(""))).toEqual(["abc", "bca", "cab", "abc"]);
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([7])]).toEqual([2, 2.5, 7]);
});

const results = {
  "unary-32": {
    "grpc-js": { rps: 5_000, p50: 6.4, p99: 12, cpu: 0.25 },
    "typemesh-grpc": { rps: 4_000, p50: 0.8125, p99: 15, cpu: 0.275 },
  },
  start: { "grpc-js": { ms: 200, rssMb: 60.4 }, "typemesh-grpc": { ms: 150, rssMb: 70 } },
};

test("tables have the ratios, and the document names its command, machine and Node version", () => {
  expect(tablesOf(results)).toContain(
    "| typemesh-grpc |   4,000 |    0.80 × | 0.813 ms | 15.0 ms | 0.275 ms |    1.10 × |",
  );
  expect(tablesOf(results)).toContain("| typemesh-grpc | 150 ms |    0.75 × |  70 MB |");
  const { "grpc-js": _, ...others } = results["unary-32"];
  expect(tablesOf({ "unary-32": others })).toContain("| typemesh-grpc |   4,000 |         – |");
  const about = {
    command: "npm run bench -- --write",
    version: "v26.1.0",
    load: 0.25,
    rounds: 3,
    seconds: 2,
  };
  const text = document({ file: "mesh", results }, about).replaceAll("\n", " ");
  expect(text).toMatch(/Written by `npm run bench -- --write` with Node v26\.1\.0 on \d+ × .+, at a load of 0\.3/);
});

test("the chart has a bar for each figure, and colors for dark pages", () => {
  const svg = chart({ file: "mesh", results });
  expect(svg.match(/<rect /g)).toHaveLength(4);
  expect(svg).toContain("prefers-color-scheme: dark");
  expect(svg).toContain("4,000 · 0.80 ×");
});

test("the versions of the peers are those of their lockfile", () => {
  const read = (file) => JSON.parse(readFileSync(join(root, "bench/peers", file), "utf8"));
  const [{ dependencies, optionalDependencies }, { packages }] = [read("package.json"), read("package-lock.json")];
  const wanted = Object.entries({ ...dependencies, ...optionalDependencies });
  const locked = wanted.map(([name]) => [name, packages[`node_modules/${name}`].version]);
  expect(locked).toEqual(wanted);
  expect(new Set(Object.values(optionalDependencies)).size).toBe(1);
});
