import type { DescField, DescMessage, DescOneof } from "@bufbuild/protobuf";
import { type Html, html, type Part } from "../html.ts";
import { markdown } from "../markdown.ts";
import { fieldRulesInWords, messageRulesInWords, oneofRulesInWords } from "../rules.ts";
import { idOf, type Site, wordsOf } from "../site.ts";

/** The fields of a message, those of a oneof together. */
export function fieldsOf(site: Site, message: DescMessage): Html {
  if (message.fields.length === 0) return html`<p class="none">It has no fields.</p>`;
  const members = message.members.map((member) =>
    member.kind === "oneof" ? oneof(site, member) : field(site, member),
  );
  return html`<ul class="fields">${members}</ul>${ruleList(messageRulesInWords(message))}`;
}

function oneof(site: Site, desc: DescOneof): Html {
  return html`<li class="oneof" id="${idOf(desc)}">
<p class="head"><span class="kind">one of</span> <code class="name">${desc.name}</code></p>
${markdown(wordsOf(desc))}${ruleList(oneofRulesInWords(desc))}
<ul class="fields">${desc.fields.map((one) => field(site, one))}</ul>
</li>`;
}

function field(site: Site, desc: DescField): Html {
  const isOptional = desc.proto.proto3Optional && html` <span class="kind">optional</span>`;
  return html`<li id="${idOf(desc)}">
<p class="head"><a class="anchor" href="#${idOf(desc)}"><code class="name">${desc.name}</code></a> <code class="type">${site.typeOf(desc)}</code>${isOptional}${deprecated(desc)} <span class="number">${desc.number}</span></p>
${markdown(wordsOf(desc))}${ruleList(fieldRulesInWords(desc, site.contracts.registry))}
</li>`;
}

/** Rules, a line each. */
export function ruleList(rules: readonly Part[]): Html | undefined {
  return rules.length > 0 ? html`<ul class="rules">${rules.map((rule) => html`<li>${rule}</li>`)}</ul>` : undefined;
}

/** A mark on what should not be used any more. */
export function deprecated(desc: { readonly deprecated: boolean }): Html | undefined {
  return desc.deprecated ? html` <span class="deprecated">deprecated</span>` : undefined;
}
