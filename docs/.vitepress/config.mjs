import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sidebar, topics } from "./contents.mjs";
import { drawn } from "./diagrams.mjs";
import { linkOutside } from "./links.mjs";
import { slug } from "./slug.mjs";

const docs = join(import.meta.dirname, "..");
const headings = readHeadings();

/** @type {import("vitepress").UserConfig} */
export default {
  title: "Typemesh",
  description: "Write a line in a .proto, implement one function, and every surface is typed and validated.",
  lang: "en",
  cleanUrls: false,
  // GitHub shows a README for its folder.
  rewrites: { ":folder/README.md": ":folder/index.md" },
  head: [["link", { rel: "icon", type: "image/svg+xml", href: "/mark.svg" }]],
  markdown: {
    theme: { light: "github-light", dark: "github-dark" },
    anchor: { slugify: slug },
    config: (markdown) => markdown.use(drawn).use(linkOutside, { docs, sources: process.env.MESH_SITE_SOURCES }),
  },
  transformPageData(page) {
    // Code side by side, and wide tables, need the room of the outline.
    if (/^(coming-from\/|comparison)/.test(page.relativePath)) {
      page.frontmatter.aside = false;
      page.frontmatter.pageClass = "wide";
    }
  },
  themeConfig: {
    logo: "/mark.svg",
    nav: topics(headings),
    sidebar: sidebar(headings),
    outline: [2, 3],
    search: { provider: "local" },
    docFooter: { prev: "Before", next: "Next" },
    darkModeSwitchLabel: "Dark",
    sidebarMenuLabel: "Pages",
    returnToTopLabel: "To the top",
    outlineTitle: "On this page",
  },
};

/** Returns the headings of all pages, by their path. */
function readHeadings() {
  const pages = readdirSync(docs, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".md") && !/(^|\/)(node_modules|dist)\//.test(path));
  return new Map(
    pages.map((page) => [page.slice(0, -".md".length), headingOf(readFileSync(join(docs, page), "utf8"))]),
  );
}

/** @param {string} text */
function headingOf(text) {
  return /^# (.+)$/m.exec(text)?.[1]?.replaceAll("`", "") ?? "";
}
