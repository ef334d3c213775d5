/** Markdown-it's plugin for blocks of `mermaid`: the theme draws them in the browser. @param {import("markdown-it").default} markdown */
export function drawn(markdown) {
  const { fence } = markdown.renderer.rules;
  markdown.renderer.rules.fence = (tokens, at, ...rest) => {
    const { info, content } = tokens[at];
    if (info.trim() !== "mermaid") return fence?.(tokens, at, ...rest) ?? "";
    return `<pre class="diagram" v-pre>${markdown.utils.escapeHtml(content)}</pre>\n`;
  };
}
