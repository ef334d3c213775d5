import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Certificates, developer, keepFolder, openCertificates } from "@mesh/dev";
import { createIdentity, type Identity } from "@mesh/rpc";

/** The certificates of a mesh under test. */
export interface TestCertificates extends Certificates, AsyncDisposable {
  readonly developerDir: string;
  /** The developer's identity, for a client in the test. */
  readonly credentials: Identity;
}

/** Opens certificates in a temporary folder; disposing of them removes it. */
export async function testCertificates(): Promise<TestCertificates> {
  const dir = await mkdtemp(join(tmpdir(), "mesh-test-"));
  const spare = keepFolder(dir);
  const certificates = await openCertificates(dir);
  const developerDir = await certificates.provide(developer, [developer]);
  const read = (name: string) => readFile(join(developerDir, name), "utf8");
  const [cert, key, ca] = await Promise.all([read("tls.crt"), read("tls.key"), read("ca.crt")]);
  return {
    ...certificates,
    developerDir,
    credentials: createIdentity({ cert, key, ca }),
    async [Symbol.asyncDispose]() {
      certificates.close();
      await rm(dir, { recursive: true, force: true });
      spare();
    },
  };
}
