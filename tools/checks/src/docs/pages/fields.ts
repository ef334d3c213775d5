import type { DescField, DescMessage, DescOneof } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence } from "@bufbuild/protobuf/wkt";
import { descriptionOf } from "@mesh/codegen/comment";
import { type Html, html, type Part } from "../html.ts";
import { markdown } from "../markdown.ts";
import { fieldRulesInWords, messageRulesInWords, oneofRulesInWords } from "../rules.ts";
import { idOf, type Site } from "../site.ts";

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
${markdown(descriptionOf(desc))}${ruleList(oneofRulesInWords(desc))}
<ul class="fields">${desc.fields.map((one) => field(site, one))}</ul>
</li>`;
}

function field(site: Site, desc: DescField): Html {
  return html`<li id="${idOf(desc)}">
<p class="head"><a class="anchor" href="#${idOf(desc)}"><code class="name">${desc.name}</code></a> <code class="type">${site.typeOf(desc)}</code>${presence(desc)}${deprecated(desc)} <span class="number">${desc.number}</span></p>
${markdown(descriptionOf(desc))}${ruleList([...defaultOf(desc), ...fieldRulesInWords(desc, site.contracts.registry)])}
</li>`;
}

/** Whether a field can be left out, where that is not plain from its type. */
function presence(desc: DescField): Html | undefined {
  if (desc.presence === FeatureSet_FieldPresence.LEGACY_REQUIRED) return html` <span class="kind">required</span>`;
  const isPlain = desc.fieldKind === "scalar" || desc.fieldKind === "enum";
  const isOptional = isPlain && !desc.oneof && desc.presence === FeatureSet_FieldPresence.EXPLICIT;
  return isOptional ? html` <span class="kind">optional</span>` : undefined;
}

/** The default of a field, which only proto2 and editions have. */
function defaultOf({ proto }: DescField): Html[] {
  return proto.defaultValue === "" ? [] : [html`default <code>${proto.defaultValue}</code>`];
}

/** Rules, a line each. */
export function ruleList(rules: readonly Part[]): Html | undefined {
  return rules.length > 0 ? html`<ul class="rules">${rules.map((rule) => html`<li>${rule}</li>`)}</ul>` : undefined;
}

/** A mark on what should not be used any more. */
export function deprecated(desc: { readonly deprecated: boolean }): Html | undefined {
  return desc.deprecated ? html` <span class="deprecated">deprecated</span>` : undefined;
}
