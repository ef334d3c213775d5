import { readFile, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { builtins, requireBanner } from "./builtins.ts";
import { external, programFolder } from "./bundler.ts";
import { withEsbuild } from "./esbuild-process.ts";

/** Lets each source find the files beside it, such as migrations. */
const sourceUrls: Plugin = {
  name: "source-urls",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      if (!text.includes("import.meta.")) return undefined;
      const withUrl = text.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href));
      return { contents: withUrl.replaceAll("import.meta.dirname", JSON.stringify(dirname(path))), loader: "ts" };
    });
  },
};

/**
 * Bundles a program in a folder of a package, such as `fixtures/child.ts`, and writes it to `programFolder` of the package.
 * Several processes may do so at the same time. Returns the file.
 */
export async function bundleProgram(file: string): Promise<string> {
  const outfile = join(dirname(file), "..", programFolder, `${basename(file, ".ts")}.js`);
  const unfinished = `${outfile}.${process.pid}`;
  await withEsbuild(() =>
    build({
      entryPoints: [file],
      outfile: unfinished,
      bundle: true,
      platform: "node",
      target: "node20",
      format: "esm",
      banner: { js: requireBanner },
      logLevel: "silent",
      plugins: [sourceUrls, builtins, external],
    }),
  );
  await rename(unfinished, outfile);
  return outfile;
}
