import { isBuiltin } from "node:module";
import { getBuiltinModule } from "node:process";
import type { Plugin } from "esbuild";

/**
 * Begins each file of a bundle: bundled packages that are CommonJS, and `builtins`, call require. Unlike `import`, this loads
 * only what is used of `node:module`.
 */
export const requireBanner = `const require = process.getBuiltinModule("node:module").createRequire(import.meta.url);`;

/**
 * Bundles the imports of Node's own modules as calls of `require`. An import evaluates all exports of such a module, and some
 * of these load others, such as `util.diff` and `crypto.webcrypto`: that took 10 ms of the start of a service.
 */
export const builtins: Plugin = {
  name: "builtins",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[a-z]/ }, ({ path, kind }) => {
      return kind === "import-statement" && isBuiltin(path) ? { path, namespace: "builtin" } : undefined;
    });
    onLoad({ filter: /^/, namespace: "builtin" }, ({ path }) => ({ contents: moduleOf(path) }));
  },
};

/** Returns a module with the exports of one of Node's. What no file imports is left out, because the calls are pure. */
function moduleOf(path: string): string {
  const names = Object.keys(getBuiltinModule(path) ?? {}).filter((name) => name !== "default");
  const exports = names.map((name) => `export const ${name} = /* @__PURE__ */ $$export("${name}");`);
  return [
    `const $$module = require(${JSON.stringify(path)});`,
    "const $$export = (name) => $$module[name];",
    "export default $$module;",
    ...exports,
  ].join("\n");
}
