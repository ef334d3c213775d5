import { dirname, join, relative, sep } from "node:path";

/**
 * Markdown-it's plugin for links to files outside of docs/: leads them to the web host of the repository. If none is known, only
 * their text remains.
 *
 * @param {import("markdown-it").default} markdown
 * @param {{ docs: string, sources?: string }} options `sources` is the URL of the repository's files, such as
 *   `https://github.com/acme/mesh/blob/main`
 */
export function linkOutside(markdown, { docs, sources }) {
  const root = dirname(docs);
  markdown.core.ruler.push("link-outside", ({ tokens, env }) => {
    for (const { children } of tokens) {
      /** Whether each link that is open was removed. @type {boolean[]} */
      const removed = [];
      for (const token of children ?? []) {
        if (token.type === "link_open") removed.push(open(token, env.path ?? docs));
        const isRemoved = token.type === "link_close" ? removed.pop() : token.type === "link_open" && removed.at(-1);
        if (isRemoved) Object.assign(token, { type: "text", tag: "", nesting: 0, content: "" });
      }
    }
  });

  /** Changes a link that leads outside. Returns whether it is to be removed. */
  function open(token, page) {
    const href = token.attrGet("href") ?? "";
    if (/^([a-z]+:|#|\/)/i.test(href)) return false;
    const [path, hash] = href.split("#");
    const file = join(dirname(page), decodeURI(path));
    if (!relative(docs, file).startsWith("..")) return false;
    if (!sources) return true;
    token.attrSet("href", `${sources}/${relative(root, file).split(sep).join("/")}${hash ? `#${hash}` : ""}`);
    return false;
  }
}
