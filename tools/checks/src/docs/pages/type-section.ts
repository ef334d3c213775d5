import type { DescEnum, DescMessage } from "@bufbuild/protobuf";
import { reasonsOf } from "@mesh/codegen/catalogue/error";
import type { CatalogueEvent } from "@mesh/codegen/catalogue/event";
import { feedName } from "@mesh/codegen/catalogue/feed";
import { jobsOf } from "@mesh/codegen/catalogue/job";
import { descriptionOf } from "@mesh/codegen/comment";
import type { SourceLine } from "../event-usage.ts";
import { type Html, html, join, type Part } from "../html.ts";
import { markdown } from "../markdown.ts";
import { idOf, labelOf, type Site } from "../site.ts";
import { deprecated, fieldList } from "./field-list.ts";
import { attributes } from "./layout.ts";

/** Renders a message: its comment, its fields and its users. */
export function messageSection(site: Site, message: DescMessage): Html {
  return section(
    site,
    message,
    html`${jobAttributes(site, message)}${fieldList(site, message)}${usedBy(site, message)}`,
  );
}

/** Renders how a job is tried, and what it returns; undefined: the message is no job. */
function jobAttributes(site: Site, message: DescMessage): Html | undefined {
  const files = [...site.contracts.registry.files];
  const job = jobsOf(message.file, files, site.contracts.options).find((one) => one.message === message);
  if (!job) return undefined;
  return attributes([
    ["Job", html`up to ${job.attempts} attempts of ${job.timeoutMs} ms, the second after ${job.retryDelaySeconds} s`],
    ["Result", job.result && site.link(job.result)],
  ]);
}

/** Renders an event: its subject, key, publishers, consumers and fields. */
export function eventSection(site: Site, { message, subject, key, consumers: listed }: CatalogueEvent): Html {
  const feed = site.contracts.options.event(message)?.feed;
  const { publishers, consumers } = site.usage;
  const { stream, service } = site.contracts.names.streamOf(message.file.proto.package);
  const details = attributes([
    ["Subject", html`<code>${subject}</code>`],
    ["May be consumed by", listed.length > 0 ? listed.join(", ") : "every service"],
    ["Stream", html`<code>${stream}</code>, owned by <code>${service}</code>`],
    ["Key", html`<a href="#${idOf(key)}"><code>${key.name}</code></a>`],
    ["Feed", feed && html`<code>${feedName(message, feed)}</code>, ${feed.scopes || "public"}`],
    ["Published by", sourceLines(site, publishers.get(message.typeName))],
    ["Consumed by", sourceLines(site, consumers.get(message.typeName))],
  ]);
  return section(site, message, html`${details}${fieldList(site, message)}`);
}

/** Renders an error enum: its reasons, and the methods that return them. */
export function errorSection(site: Site, desc: DescEnum): Html {
  const methods = site.methods.filter((method) => site.errorsOf(method) === desc);
  const reasons = reasonsOf(desc, site.contracts.options).map(({ value, reason, code, metadata }) => {
    return html`<li id="${idOf(value)}">
<p class="head"><a class="anchor" href="#${idOf(value)}"><code class="name">${reason}</code></a> <code class="type">${code}</code>${deprecated(value)}</p>
${markdown(descriptionOf(value))}${
  metadata.length > 0 &&
  html`<ul class="rules"><li>metadata: ${join(
    metadata.map(({ key, scalar }) => html`<code>${scalar === "string" ? key : `${key}: ${scalar}`}</code>`),
    ", ",
  )}</li></ul>`
}
</li>`;
  });
  const details = attributes([
    [
      "Returned by",
      join(
        methods.map((method) => site.link(method, `${method.parent.name}.${method.name}`)),
        ", ",
      ),
    ],
  ]);
  return section(site, desc, html`${details}<ul class="fields">${reasons}</ul>`);
}

/** Renders an enum: its values and its users. */
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
  return attributes([["Used by", join(links, ", ")]]);
}

/** Renders lines in services, grouped by service. */
export function sourceLines(site: Site, found: readonly SourceLine[] | undefined): Part {
  if (!found || found.length === 0) return "not found in the source code";
  const services = [...new Set(found.map(({ service }) => service))];
  return html`<ul class="source-lines">${services.map((service) => {
    const own = found.filter((line) => line.service === service);
    return html`<li><strong>${service}</strong> ${join(
      own.map(({ path, line }) => site.sourceLink(path, line)),
      " ",
    )}</li>`;
  })}</ul>`;
}
