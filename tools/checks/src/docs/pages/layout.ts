import { type Html, html, type Part } from "../html.ts";
import type { Site } from "../site.ts";

/** A page of the site. */
export interface Page {
  /** `orders.v1.html` */
  readonly file: string;
  readonly title: string;
  readonly body: Part;
}

/** Renders a whole page. It works without JavaScript, which only adds the search. */
export function layout(site: Site, { file, title, body }: Page): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · ${site.name}</title>
<link rel="stylesheet" href="style.css">
<link rel="icon" href="icon.svg">
<script src="search-index.js" defer></script>
<script src="search.js" defer></script>
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
<header>
<a class="brand" href="index.html">${site.name}</a>
<form id="search" role="search" hidden>
<label class="hidden" for="query">Search the contracts</label>
<input id="query" type="search" placeholder="Search the contracts" autocomplete="off" spellcheck="false" role="combobox" aria-expanded="false" aria-controls="results" aria-autocomplete="list">
<div id="results" role="listbox" aria-label="Search results" hidden></div>
<p id="found" class="hidden" role="status"></p>
</form>
<a class="to-contents" href="#contents">Contents</a>
</header>
<div class="page">
<main id="content" tabindex="-1">
${body}
</main>
<nav id="contents" aria-label="Contents">${contents(site, file)}</nav>
</div>
</body>
</html>
`;
  return page.text;
}

function contents(site: Site, current: string): Html {
  const entry = (file: string, name: string) =>
    html`<li><a href="${file}"${file === current && html` aria-current="page"`}>${name}</a></li>`;
  return html`<ul>
${entry("index.html", "Overview")}
${entry("events.html", "Events")}
${entry("permissions.html", "Permissions")}
</ul>
<h2>Packages</h2>
<ul>
${site.packages.map(({ name, page }) => entry(page, name || "without a package"))}
</ul>`;
}

/** Renders a list of attributes, without those that have no value. */
export function attributes(rows: readonly (readonly [name: string, value: Part])[]): Html | undefined {
  const present = rows.filter(
    ([, value]) => value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0),
  );
  if (present.length === 0) return undefined;
  return html`<dl class="attributes">${present.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
