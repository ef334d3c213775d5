import type { Package } from "../contract-package.ts";
import { type Html, html, type Part } from "../html.ts";
import type { Site } from "../site.ts";
import type { Page } from "./layout.ts";
import { serviceSection } from "./service-section.ts";
import { enumSection, errorSection, eventSection, messageSection } from "./type-section.ts";

/** Renders the page of a package: all its declarations. */
export function packagePage(site: Site, one: Package): Page {
  const sections = [
    part(
      "Services",
      one.services.map((service) => serviceSection(site, service)),
    ),
    part(
      "Events",
      one.events.map((event) => eventSection(site, event)),
    ),
    part(
      "Errors",
      one.errors.map((desc) => errorSection(site, desc)),
    ),
    part(
      "Messages",
      one.messages.map((message) => messageSection(site, message)),
    ),
    part(
      "Enums",
      one.enums.map((desc) => enumSection(site, desc)),
    ),
  ];
  const title = one.name || "Without a package";
  return { file: one.page, title, body: html`<h1>${title}</h1>\n${outline(site, one)}\n${sections}` };
}

function part(title: string, things: readonly Html[]): Part {
  return things.length > 0 && html`<h2 id="section-${title.toLowerCase()}">${title}</h2>\n${things}`;
}

/** Renders links to the declarations on the page. */
function outline(site: Site, one: Package): Html {
  const rows: (readonly [string, readonly Html[]])[] = [
    ["Services", one.services.map((desc) => site.link(desc))],
    ["Events", one.events.map(({ message }) => site.link(message))],
    ["Errors", one.errors.map((desc) => site.link(desc))],
    ["Messages", one.messages.map((desc) => site.link(desc))],
    ["Enums", one.enums.map((desc) => site.link(desc))],
  ];
  const present = rows.filter(([, links]) => links.length > 0);
  return html`<dl class="outline">${present.map(([name, links]) => {
    return html`<div><dt><a href="#section-${name.toLowerCase()}">${name}</a></dt><dd><ul>${links.map((link) => html`<li>${link}</li>`)}</ul></dd></div>`;
  })}</dl>`;
}
