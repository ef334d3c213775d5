import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandError } from "@mesh/codegen/command";
import { afterAll, beforeAll, expect, test } from "vitest";
import { meshAccess } from "./settings.ts";

const running = "nats://developer:secret@127.0.0.1:4222";
const [other, cluster] = ["nats://127.0.0.1:1", "tls://a:4222,tls://b:4222"];

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "mesh-command-"));
  await mkdir(join(root, ".mesh/tls/developer"), { recursive: true });
  await writeFile(join(root, ".mesh/run.json"), JSON.stringify({ pid: 1, natsUrl: running }));
});
afterAll(() => rm(root, { recursive: true, force: true }));

test("a flag comes before the environment, and that before the mesh that runs here", () => {
  const own = join(root, ".mesh/tls/developer");
  expect(meshAccess({}, root, {})).toEqual({ natsUrl: running, tlsDir: own });
  const env = { NATS_URL: cluster, MESH_TLS_DIR: "/tls" };
  expect(meshAccess({}, root, env)).toEqual({ natsUrl: cluster, tlsDir: "/tls" });
  expect(meshAccess({ nats: other, tls: "here" }, root, env)).toEqual({ natsUrl: other, tlsDir: "here" });
  expect(meshAccess({ tls: "off" }, root, env).tlsDir).toBeUndefined();
  expect(meshAccess({}, root, { ...env, MESH_TLS: "off" }).tlsDir).toBeUndefined();
});

test("without a mesh the error says how to name one", () => {
  const thrown = (work: () => unknown) => {
    try {
      return work();
    } catch (error) {
      return error instanceof CommandError ? [error.exitCode, error.message] : error;
    }
  };
  expect(thrown(() => meshAccess({}, "/absent", {}))).toEqual([3, expect.stringContaining("npm start")]);
  const wrong = (name: string) => [
    2,
    expect.stringMatching(`^${name} must be a URL that starts with nats:// .*"http://a"$`),
  ];
  expect(thrown(() => meshAccess({ nats: "http://a" }, "/absent", {}))).toEqual(wrong("--nats"));
  expect(thrown(() => meshAccess({}, "/absent", { NATS_URL: "http://a" }))).toEqual(wrong("NATS_URL"));
});
