import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { dataFolder } from "./data-folder.ts";
import { addressOf } from "./environment.ts";
import type { Mesh } from "./mesh.ts";

/** The values that another process needs to send requests to this one. */
export interface Control {
  readonly pid: number;
  readonly port: number;
  readonly token: string;
}

/** The file .mesh/run.json, which describes the running mesh to other processes. */
export class RunFile {
  readonly #root: string;
  readonly #control: Control;
  #writing = Promise.resolve();

  constructor(root: string, control: Control) {
    this.#root = root;
    this.#control = control;
  }

  /** Writes the addresses of a mesh, after any earlier write. */
  write(mesh: Mesh): Promise<void> {
    this.#writing = this.#writing.then(() => this.#replace(this.#describe(mesh)));
    return this.#writing;
  }

  #describe(mesh: Mesh): object {
    const { apps, ports, metricsPorts, natsUrl, postgresUrl } = mesh;
    const replicas = apps.flatMap((app) => mesh.replicasOf(app));
    const addresses = replicas.map((replica) => [replica.name, addressOf(replica, ports)]);
    const metrics = [...metricsPorts].map(([name, port]) => [name, `http://127.0.0.1:${port}/metrics`]);
    return {
      ...this.#control,
      natsUrl,
      postgresUrl,
      apps: Object.fromEntries(addresses),
      metrics: Object.fromEntries(metrics),
      issuer: mesh.issuerUrl,
      console: mesh.consoleUrl,
    };
  }

  /** Replaces the file in one step, so that readers never see half of it. Only its owner may read its passwords. */
  async #replace(content: object): Promise<void> {
    const file = join(dataFolder(this.#root), "run.json");
    await writeFile(`${file}.draft`, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 });
    await rename(`${file}.draft`, file);
  }
}
