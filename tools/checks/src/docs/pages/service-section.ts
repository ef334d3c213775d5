import type { DescMethod, DescService } from "@bufbuild/protobuf";
import { anyService, callersOf } from "@mesh/codegen/catalogue/callers";
import { routesOf } from "@mesh/codegen/catalogue/http";
import { idempotencyOf, procedureKind, scopesOf } from "@mesh/codegen/catalogue/method";
import { descriptionOf } from "@mesh/codegen/comment";
import { methodName } from "@mesh/codegen/names";
import { type Html, html, join, type Part } from "../html.ts";
import { markdown } from "../markdown.ts";
import { idOf, type Site } from "../site.ts";
import { deprecated } from "./field-list.ts";
import { attributes } from "./layout.ts";

const kinds = {
  unary: "unary",
  server_streaming: "server stream",
  client_streaming: "client stream",
  bidi_streaming: "bidirectional stream",
};

/** Renders a service with its methods. */
export function serviceSection(site: Site, service: DescService): Html {
  return html`<section class="thing" id="${idOf(service)}">
<h3><a class="anchor" href="#${idOf(service)}">${service.name}</a>${deprecated(service)}</h3>
${site.sourceOf(service)}
${markdown(descriptionOf(service))}
${attributes([["Name in the mesh", html`<code>${site.contracts.names.serviceName(service)}</code>`]])}
${service.methods.map((method) => methodArticle(site, method))}
</section>`;
}

function methodArticle(site: Site, method: DescMethod): Html {
  const { options } = site.contracts;
  const kind = procedureKind(method, options);
  const deadlineMs = options.method(method)?.deadlineMs;
  const errors = site.errorsOf(method);
  return html`<article class="method" id="${idOf(method)}">
<h4><a class="anchor" href="#${idOf(method)}">${method.name}</a>${deprecated(method)}
<span class="badges"><span>${kinds[method.methodKind]}</span>${kind && html`<span class="exposed">${kind.toLowerCase()}</span>`}</span></h4>
<p class="signature"><code>${stream(method, "client")}${site.link(method.input)} → ${stream(method, "server")}${site.link(method.output)}</code></p>
${markdown(descriptionOf(method))}
${attributes([
  ["tRPC", kind && procedureName(site, method)],
  [
    "REST",
    join(
      routesOf(method, options).map(({ httpMethod, path }) => html`<code>${httpMethod} ${path}</code>`),
      html`<br>`,
    ),
  ],
  ["Scopes", scopesText(site, method)],
  ["Owner", ownerText(site, method)],
  ["Callers", callersText(site, method)],
  ["Idempotency", idempotencyText(method)],
  ["Deadline", deadlineMs ? `${deadlineMs} ms` : undefined],
  ["Errors", errors && site.link(errors)],
  ["gRPC", html`<code>${method.parent.typeName}/${method.name}</code>`],
])}
${site.sourceOf(method)}
</article>`;
}

function stream(method: DescMethod, side: "client" | "server"): Part {
  const isStream = method.methodKind === "bidi_streaming" || method.methodKind === `${side}_streaming`;
  return isStream && "stream ";
}

/** Renders the name of a procedure at the gateway: `orders.placeOrder`. */
export function procedureName(site: Site, method: DescMethod): Html {
  const service = site.usage.procedures.get(method.parent.typeName);
  if (service) return html`<code>${service}.${methodName(method)}</code>`;
  return html`<code>${methodName(method)}</code> (add ${method.parent.name} to gateway/src/router.ts)`;
}

/** Renders the scopes that a caller at the gateway needs. */
function scopesText(site: Site, method: DescMethod): Part {
  const { options } = site.contracts;
  if (!options.method(method)?.gateway) return "not exposed at the gateway";
  const scopes = scopesOf(method, options);
  return scopes.length > 0
    ? join(
        scopes.map((scope) => html`<code>${scope}</code>`),
        " ",
      )
    : "none, the method is public";
}

/** Renders the fields that must hold the id of the customer who calls. */
function ownerText(site: Site, method: DescMethod): Part {
  const owner = site.contracts.options.method(method)?.owner;
  if (!owner) return undefined;
  const fields = [
    owner.request && html`<code>${owner.request}</code> of the request`,
    owner.response && html`<code>${owner.response}</code> of the response`,
  ].filter(Boolean);
  return html`${join(fields, " and ")}${owner.unless && html`, unless the caller has <code>${owner.unless}</code>`}`;
}

/** Renders the processes that may call a method. */
export function callersText(site: Site, method: DescMethod): Part {
  const callers = callersOf(method, site.contracts.options);
  const named = callers.filter((name) => name !== anyService).map((name) => html`<code>${name}</code>`);
  return join(callers.includes(anyService) ? [html`every service`, ...named] : named, ", ");
}

function idempotencyText(method: DescMethod): string | undefined {
  const idempotency = idempotencyOf(method);
  if (idempotency === "unknown") return undefined;
  return idempotency === "idempotent" ? "idempotent" : "no side effects";
}
