import { type Html, html, type Part } from "./html.ts";

/** Renders the comment of a contract: paragraphs, lists and `code`. Any other markup is text. */
export function markdown(comment: string): Html[] {
  const blocks = comment.split(/\n\s*\n/).filter((block) => block.trim() !== "");
  return blocks.map(blockOf);
}

/** Renders a line with `code` in it. */
function inline(text: string): Part[] {
  return text.split(/(`[^`\n]+`)/).map((part) => {
    return /^`.+`$/.test(part) ? html`<code>${part.slice(1, -1)}</code>` : part;
  });
}

const item = /^\s*[-*]\s+/;

function blockOf(block: string): Html {
  const lines = block.split("\n");
  if (!item.test(lines[0] ?? "")) return html`<p>${inline(lines.join(" "))}</p>`;
  const items: string[] = [];
  for (const line of lines) {
    if (item.test(line)) items.push(line.replace(item, ""));
    else items.push(`${items.pop() ?? ""} ${line.trim()}`);
  }
  return html`<ul>${items.map((text) => html`<li>${inline(text)}</li>`)}</ul>`;
}

/** Returns the first sentence of a comment as plain text. */
export function summaryOf(comment: string): string {
  const [paragraph = ""] = comment.trim().split(/\n\s*\n/);
  const text = paragraph.replaceAll("\n", " ").replaceAll("`", "");
  return /^.*?[.!?:;](?=\s|$)/.exec(text)?.[0].replace(/[:;]$/, ".") ?? text;
}
