import type { DescMethod } from "@bufbuild/protobuf";
import { reasonsOf } from "@mesh/codegen/catalogue/error";
import { scopesOf } from "@mesh/codegen/catalogue/method";
import { rolesOf } from "@mesh/codegen/catalogue/roles";
import { descriptionOf } from "@mesh/codegen/comment";
import { type Html, html, type Part } from "../html.ts";
import { summaryOf } from "../markdown.ts";
import type { Site } from "../site.ts";
import type { Page } from "./layout.ts";
import { callersText, procedureName } from "./service-section.ts";
import { sourceLines } from "./type-section.ts";

/** Renders the start page: the packages and their services. */
export function indexPage(site: Site): Page {
  const packages = site.packages.map(({ name, page, services, events, errors, messages, enums }) => {
    const counts = count({
      service: services,
      event: events,
      error: errors.flatMap((desc) => reasonsOf(desc, site.contracts.options)),
      message: messages,
      enum: enums,
    });
    const list = services.map((service) => html`<li>${site.link(service)} ${summaryOf(descriptionOf(service))}</li>`);
    return html`<section class="card"><h2><a href="${page}">${name || "without a package"}</a></h2><p class="none">${counts}</p>${list.length > 0 && html`<ul>${list}</ul>`}</section>`;
  });
  return {
    file: "index.html",
    title: "Contracts",
    body: html`<h1>Contracts</h1>\n<div class="cards">${packages}</div>`,
  };
}

function count(things: Readonly<Record<string, readonly unknown[]>>): string {
  const present = Object.entries(things).filter(([, list]) => list.length > 0);
  return present.map(([name, { length }]) => `${length} ${name}${length === 1 ? "" : "s"}`).join(", ") || "empty";
}

/** Renders all events with their publishers and consumers. */
export function eventsPage(site: Site): Page {
  const events = site.packages
    .flatMap(({ events: own }) => own)
    .map(({ message, subject }) => {
      return html`<li><p class="head">${site.link(message)} <code class="type">${subject}</code></p>
<p>${summaryOf(descriptionOf(message))}</p>
<dl class="attributes"><div><dt>Published by</dt><dd>${sourceLines(site, site.usage.publishers.get(message.typeName))}</dd></div><div><dt>Consumed by</dt><dd>${sourceLines(site, site.usage.consumers.get(message.typeName))}</dd></div></dl></li>`;
    });
  const body = html`<h1>Events</h1>
<p>Contracts do not declare the publishers and consumers of an event. This page finds them in the text of <code>services/*/src</code>: <code>.publish(Event, …)</code> and <code>on(Event, …)</code> with an event that is imported from the contracts. It misses events that are passed in a variable.</p>
${events.length > 0 ? html`<ul class="fields">${events}</ul>` : html`<p class="none">There are no events.</p>`}`;
  return { file: "events.html", title: "Events", body };
}

/** Renders the methods by the scope that they require, then those without scopes, then those that are not exposed. */
export function permissionsPage(site: Site): Page {
  const { options } = site.contracts;
  const exposed = site.methods.filter((method) => options.method(method)?.gateway);
  const scopes = [...new Set(exposed.flatMap((method) => scopesOf(method, options)))].sort();
  const groups: [Part, readonly DescMethod[]][] = [
    ...scopes.map((scope): [Part, readonly DescMethod[]] => [
      html`<code>${scope}</code>`,
      exposed.filter((method) => scopesOf(method, options).includes(scope)),
    ]),
    ["Public", exposed.filter((method) => scopesOf(method, options).length === 0)],
    ["Not exposed at the gateway", site.methods.filter((method) => !exposed.includes(method))],
  ];
  const present = groups.filter(([, methods]) => methods.length > 0);
  const body = html`<h1>Permissions</h1>
<p>The scopes that a caller at the gateway needs. A method that requires several scopes is listed under each of them. Inside the mesh, the option <code>callers</code> decides which processes may call a method.</p>
${rolesSection(site)}
${present.map(([title, methods]) => html`<section class="thing"><h2>${title}</h2><ul class="methods">${methods.map((method) => line(site, method))}</ul></section>`)}`;
  return { file: "permissions.html", title: "Permissions", body };
}

/** Renders the scopes of each role. */
function rolesSection(site: Site): Part {
  const roles = [...rolesOf(site.files, site.contracts.options)];
  if (roles.length === 0) return undefined;
  const rows = roles.map(([name, scopes]) => {
    return html`<div><dt><code>${name}</code></dt><dd>${scopes.map((scope) => html`<code>${scope}</code> `)}</dd></div>`;
  });
  return html`<section class="thing"><h2>Roles</h2><dl class="attributes">${rows}</dl></section>`;
}

function line(site: Site, method: DescMethod): Html {
  const isExposed = site.contracts.options.method(method)?.gateway;
  return html`<li>${site.link(method, `${method.parent.name}.${method.name}`)}${isExposed && html` ${procedureName(site, method)}`}, by ${callersText(site, method)}</li>`;
}
