// The process that calls the mesh: it makes no call a second time.
import { answer, options } from "../mesh/child.mjs";
import { Calls } from "./calls.mjs";
import { Imports } from "./imports.mjs";
import { openMesh } from "./mesh.mjs";
import { Watches } from "./watches.mjs";

let mesh;
let phase;

answer({
  async connect() {
    mesh = await openMesh(options);
  },
  /** Begins calls at a rate, and `streams` and `imports` if they are not 0. */
  begin({ streams, imports, ...load }) {
    phase = { calls: new Calls(mesh, load), watches: new Watches(mesh, streams), imports: new Imports(mesh, imports) };
  },
  /** Waits until everything that began has ended. */
  async end() {
    const { calls, watches, imports } = phase;
    const result = { calls: await calls.end() };
    [result.watches, result.imports] = await Promise.all([watches.end(), imports.end()]);
    return result;
  },
  checkOrders: () => mesh.checkOrders(),
});
process.send({ result: "ready" });
