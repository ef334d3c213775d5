/** Scripts that only Typemesh has. */
const ofTypemesh = ["bench", "chaos", "test:newest", "test:long", "eject-example"];

/**
 * Returns the package.json of a project.
 *
 * @param {string} text that of Typemesh
 * @param {object} options
 * @param {string} options.name
 * @param {string} options.example
 * @param {(folder: string) => boolean} options.has whether the project has files in a folder
 */
export function projectManifest(text, { name, example, has }) {
  const { version, workspaces, scripts, license: _, author: __, description: ___, ...rest } = JSON.parse(text);
  const kept = Object.entries(scripts).filter(([script]) => !ofTypemesh.includes(script));
  const manifest = {
    ...rest,
    name,
    version: "0.0.0",
    typemesh: { version, example },
    workspaces: workspaces.filter((/** @type {string} */ folder) => folder.endsWith("/*") || has(folder)),
    scripts: Object.fromEntries(kept),
  };
  const first = ["name", "version", "private", "typemesh", "type"];
  const order = [...first, ...Object.keys(manifest).filter((key) => !first.includes(key))];
  const sorted = Object.fromEntries(order.map((key) => [key, /** @type {Record<string, unknown>} */ (manifest)[key]]));
  return `${JSON.stringify(sorted, null, 2)}\n`;
}
