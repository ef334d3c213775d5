import type { DescEnum, DescMessage } from "@bufbuild/protobuf";
import { reasonsOf } from "@mesh/codegen/catalogue/error";
import type { CatalogueEvent } from "@mesh/codegen/catalogue/event";
import { descriptionOf } from "@mesh/codegen/comment";
import { type Html, html, join, type Part } from "../html.ts";
import { markdown } from "../markdown.ts";
import { idOf, labelOf, type Site } from "../site.ts";
import type { Place } from "../usage.ts";
import { deprecated, fieldsOf } from "./fields.ts";
import { facts } from "./layout.ts";

/** A message: its comment, its fields, and what uses it. */
export function messageSection(site: Site, message: DescMessage): Html {
  return section(site, message, html`${fieldsOf(site, message)}${usedBy(site, message)}`);
}

/** An event: how it travels, who publishes and who consumes it, and what it holds. */
export function eventSection(site: Site, { message, subject, key }: CatalogueEvent): Html {
  const { publishers, consumers } = site.usage;
  const about = facts([
    ["Subject", html`<code>${subject}</code>`],
    ["Key", html`<a href="#${idOf(key)}"><code>${key.name}</code></a>`],
    ["Published by", places(site, publishers.get(message.typeName))],
    ["Consumed by", places(site, consumers.get(message.typeName))],
  ]);
  return section(site, message, html`${about}${fieldsOf(site, message)}`);
}

/** An error enum: its reasons, and who answers with them. */
export function errorSection(site: Site, desc: DescEnum): Html {
  const methods = site.methods.filter((method) => site.errorsOf(method) === desc);
  const reasons = reasonsOf(desc, site.contracts.options).map(({ value, reason, code, metadata }) => {
    return html`<li id="${idOf(value)}">
<p class="head"><a class="anchor" href="#${idOf(value)}"><code class="name">${reason}</code></a> <code class="type">${code}</code>${deprecated(value)}</p>
${markdown(descriptionOf(value))}${
  metadata.length > 0 &&
  html`<ul class="rules"><li>with ${join(
    metadata.map((key) => html`<code>${key}</code>`),
    ", ",
  )}</li></ul>`
}
</li>`;
  });
  const about = facts([
    [
      "Answered by",
      join(
        methods.map((method) => site.link(method, `${method.parent.name}.${method.name}`)),
        ", ",
      ),
    ],
  ]);
  return section(site, desc, html`${about}<ul class="fields">${reasons}</ul>`);
}

/** An enum: its values, and what uses it. */
export function enumSection(site: Site, desc: DescEnum): Html {
  const values = desc.values.map(
    (value) => html`<li id="${idOf(value)}">
<p class="head"><a class="anchor" href="#${idOf(value)}"><code class="name">${value.name}</code></a>${deprecated(value)} <span class="number">${value.number}</span></p>
${markdown(descriptionOf(value))}
</li>`,
  );
  return section(site, desc, html`<ul class="fields">${values}</ul>${usedBy(site, desc)}`);
}

function section(site: Site, desc: DescMessage | DescEnum, body: Html): Html {
  return html`<section class="thing" id="${idOf(desc)}">
<h3><a class="anchor" href="#${idOf(desc)}">${labelOf(desc)}</a>${deprecated(desc)}</h3>
${site.sourceOf(desc)}
${markdown(descriptionOf(desc))}
${body}
</section>`;
}

function usedBy(site: Site, type: DescMessage | DescEnum): Html | undefined {
  const { methods, messages } = site.usersOf(type);
  const links = [
    ...methods.map((method) => site.link(method, `${method.parent.name}.${method.name}`)),
    ...messages.map((message) => site.link(message)),
  ];
  return facts([["Used by", join(links, ", ")]]);
}

/** Places in services, grouped by those; or that there is none. */
export function places(site: Site, found: readonly Place[] | undefined): Part {
  if (!found || found.length === 0) return "nobody that the source tells";
  const services = [...new Set(found.map(({ service }) => service))];
  return html`<ul class="places">${services.map((service) => {
    const own = found.filter((place) => place.service === service);
    return html`<li><strong>${service}</strong> ${join(
      own.map(({ path, line }) => site.place(path, line)),
      " ",
    )}</li>`;
  })}</ul>`;
}
