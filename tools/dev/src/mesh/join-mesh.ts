import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openCertificates } from "../tls/certificates.ts";
import { dataFolder } from "./data-folder.ts";

/** The settings by which a process joins a mesh. */
export interface Joined {
  /** The folder with the certificate of the process. */
  readonly MESH_TLS_DIR: string;
  /** NATS, with the login of the developer, who may publish and consume all events. */
  readonly NATS_URL: string;
}

/**
 * Makes a certificate of a day for a service that is not in the folder `services`, such as one in another language.
 *
 * @param name its name in the mesh: `loyalty`
 * @returns undefined if no mesh runs in the repository, or has run there
 */
export async function joinMesh(root: string, name: string): Promise<Joined | undefined> {
  const text = await readFile(join(dataFolder(root), "run.json"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const { natsUrl }: { natsUrl: string } = JSON.parse(text); // RunFile wrote it.
  const certificates = await openCertificates(join(dataFolder(root), "tls"));
  try {
    return { MESH_TLS_DIR: await certificates.provide(name, [name]), NATS_URL: natsUrl };
  } finally {
    certificates.close();
  }
}
