import type { DescField, DescMessage, DescOneof } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence } from "@bufbuild/protobuf/wkt";
import { descriptionOf } from "@mesh/codegen/comment";
import { type Html, html, type Part } from "../html.ts";
import { markdown } from "../markdown.ts";
import { fieldRuleText, messageRuleText, oneofRuleText } from "../rule-text.ts";
import { idOf, type Site } from "../site.ts";

/** Renders the fields of a message. The fields of a oneof form a group. */
export function fieldList(site: Site, message: DescMessage): Html {
  if (message.fields.length === 0) return html`<p class="none">No fields.</p>`;
  const members = message.members.map((member) =>
    member.kind === "oneof" ? oneof(site, member) : field(site, member),
  );
  return html`<ul class="fields">${members}</ul>${ruleList(messageRuleText(message))}`;
}

function oneof(site: Site, desc: DescOneof): Html {
  return html`<li class="oneof" id="${idOf(desc)}">
<p class="head"><span class="kind">one of</span> <code class="name">${desc.name}</code></p>
${markdown(descriptionOf(desc))}${ruleList(oneofRuleText(desc))}
<ul class="fields">${desc.fields.map((one) => field(site, one))}</ul>
</li>`;
}

function field(site: Site, desc: DescField): Html {
  return html`<li id="${idOf(desc)}">
<p class="head"><a class="anchor" href="#${idOf(desc)}"><code class="name">${desc.name}</code></a> <code class="type">${site.typeOf(desc)}</code>${presence(desc)}${deprecated(desc)} <span class="number">${desc.number}</span></p>
${markdown(descriptionOf(desc))}${ruleList([...defaultOf(desc), ...fieldRuleText(desc, site.contracts.registry)])}
</li>`;
}

/** Renders `required` or `optional` for a field whose type does not show that. */
function presence(desc: DescField): Html | undefined {
  if (desc.presence === FeatureSet_FieldPresence.LEGACY_REQUIRED) return html` <span class="kind">required</span>`;
  const isPlain = desc.fieldKind === "scalar" || desc.fieldKind === "enum";
  const isOptional = isPlain && !desc.oneof && desc.presence === FeatureSet_FieldPresence.EXPLICIT;
  return isOptional ? html` <span class="kind">optional</span>` : undefined;
}

/** Renders the default value of a field, which exists in proto2 and editions only. */
function defaultOf({ proto }: DescField): Html[] {
  return proto.defaultValue === "" ? [] : [html`default <code>${proto.defaultValue}</code>`];
}

/** Renders rules as a list. */
function ruleList(rules: readonly Part[]): Html | undefined {
  return rules.length > 0 ? html`<ul class="rules">${rules.map((rule) => html`<li>${rule}</li>`)}</ul>` : undefined;
}

/** Renders a badge on a deprecated declaration. */
export function deprecated(desc: { readonly deprecated: boolean }): Html | undefined {
  return desc.deprecated ? html` <span class="deprecated">deprecated</span>` : undefined;
}
