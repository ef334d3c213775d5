import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { build } from "esbuild";
import { withEsbuild } from "../build/esbuild-process.ts";
import { consolePath } from "./paths.ts";

/** A file of the page. */
export interface PageFile {
  readonly type: string;
  readonly content: string | Uint8Array;
}

const require = createRequire(import.meta.url);
const fontPackage = "@fontsource-variable/bricolage-grotesque";

/** Bundles the page, and reads its font. Returns the files by name, `index.html` for every path of the page. */
export async function buildPage(): Promise<ReadonlyMap<string, PageFile>> {
  // By name, because a bundle of this module may lie in any folder.
  const entry = require.resolve("@mesh/dev/console-page");
  const [{ outputFiles }, font] = await Promise.all([
    withEsbuild(() =>
      build({
        entryPoints: { page: entry },
        outdir: "/",
        bundle: true,
        write: false,
        minify: true,
        format: "esm",
        target: "es2022",
        // The font is a file of its own.
        external: [`${consolePath}/*`],
        jsx: "automatic",
        jsxImportSource: "preact",
        logLevel: "silent",
      }),
    ),
    readFile(require.resolve(`${fontPackage}/files/bricolage-grotesque-latin-opsz-normal.woff2`)),
  ]);
  const textOf = (extension: string) => outputFiles.find(({ path }) => path.endsWith(extension))?.contents ?? "";
  return new Map<string, PageFile>([
    ["index.html", { type: "text/html; charset=utf-8", content: html }],
    ["page.js", { type: "text/javascript; charset=utf-8", content: textOf(".js") }],
    ["page.css", { type: "text/css; charset=utf-8", content: textOf(".css") }],
    ["font.woff2", { type: "font/woff2", content: font }],
    ["icon.svg", { type: "image/svg+xml", content: icon }],
  ]);
}

const html = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta name="theme-color" content="#f4f6ef" media="(prefers-color-scheme: light)" />
    <meta name="theme-color" content="#0d1d19" media="(prefers-color-scheme: dark)" />
    <title>Console</title>
    <link rel="icon" type="image/svg+xml" href="${consolePath}/icon.svg" />
    <link rel="preload" as="font" type="font/woff2" href="${consolePath}/font.woff2" crossorigin />
    <link rel="stylesheet" href="${consolePath}/page.css" />
  </head>
  <body>
    <div id="root"></div>
    <script type="module" src="${consolePath}/page.js"></script>
  </body>
</html>
`;

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#12322b"/><path d="M7 10h11M12 16h13M9 22h8" stroke="#f4f6ef" stroke-width="3.5" stroke-linecap="round"/><path d="M22 22h1" stroke="#ff6a48" stroke-width="3.5" stroke-linecap="round"/></svg>`;
