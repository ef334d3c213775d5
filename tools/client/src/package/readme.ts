import type { Entry } from "./entries.ts";
import type { Example } from "./example.ts";
import type { Settings } from "./manifest.ts";

/** Returns the README of the package, with examples from its own services. */
export function readme({ name }: Settings, entries: readonly Entry[], example: Example | undefined): string {
  const contracts = entries.filter(({ subpath }) => !/^\.(\/grpc)?$/.test(subpath));
  const parts = [
    `# ${name}\n\n${code("sh", `npm install ${name}`)}`,
    ...(example
      ? [calls(name, example), errors(example), more, cookies(name), schemas(name, example), grpc(name, example)]
      : [more, cookies(name)]),
    `## Contracts\n\n${contracts.map(({ subpath }) => `- \`${name}${subpath.slice(1)}\``).join("\n")}\n`,
  ];
  return parts.join("\n");
}

const code = (language: string, ...lines: readonly string[]) => `\`\`\`${language}\n${lines.join("\n")}\n\`\`\`\n`;

function calls(name: string, { service, query, mutation, subscription }: Example): string {
  const at = `client.${service}`;
  const lines = [
    'import { createClient, errorDataOf } from "…";'.replace("…", name),
    "",
    'const client = createClient({ url: "https://shop.example/trpc" });',
    "",
    ...(query ? [`const response = await ${at}.${query}.query({ … });`] : []),
    ...(mutation ? [`await ${at}.${mutation}.mutate({ … });`] : []),
    ...(subscription ? [`${at}.${subscription}.subscribe({ … }, { onData: (value) => … });`] : []),
  ];
  const text = "All types come from the contracts. bigint, Date and Uint8Array keep their types.";
  return `## Browsers and other JavaScript\n\n${code("ts", ...lines)}\n${text}\n`;
}

function errors({ service, query, mutation, error }: Example): string {
  const method = mutation ?? query;
  if (!error || !method) return "";
  const call = mutation ? `${mutation}.mutate` : `${query}.query`;
  const lines = [
    "try {",
    `  await client.${service}.${call}({ … });`,
    "} catch (error) {",
    `  const data = errorDataOf(error, "${service}.${method}");`,
    `  if (data?.reason === "${error.reason}") show(data.metadata.${error.key});`,
    "}",
  ];
  return `A failed call has a reason that its contract declares:\n\n${code("ts", ...lines)}`;
}

const more = `\`isError(error, reason)\` narrows an error of any procedure.

Attempts end after \`timeoutMs\`, by default 7 s for a query and 12 s for a mutation. A call is repeated up to \`retries\` times, by default
3, if it may succeed later, after a growing delay or that of \`Retry-After\`. Every mutation has an \`Idempotency-Key\`, so that it takes
effect once. One call may have its own: \`{ signal, context: { timeoutMs, idempotencyKey } }\`.

\`items(query, request)\` iterates over all items of a list and \`pages(query, request)\` over its pages:
\`for await (const item of items(client.service.listItems.query, {})) …\`

Further options of \`createClient\`: \`headers\`, \`credentials: "include"\` to send cookies to another origin,
\`fetch\`, and \`EventSource\`.
`;

/** Documents who keeps the cookie, which identifies the customer. */
function cookies(name: string): string {
  const lines = [
    `import { createClient, keepCookies } from "${name}";`,
    'import { EventSource } from "eventsource";',
    "",
    "const session = keepCookies();",
    "const client = createClient({",
    '  url: "https://shop.example/trpc",',
    "  fetch: session,",
    "  EventSource,",
    "  eventSourceOptions: { fetch: session },",
    "});",
  ];
  const post = [
    'curl https://shop.example/v1/… -H "content-type: application/json" \\',
    "  -H \"idempotency-key: $(uuidgen)\" -d '{ … }'",
  ];
  return `## Node and mobile

The gateway recognizes a customer by a cookie, which browsers keep, and which React Native, OkHttp with a \`CookieJar\` and
\`URLSession\` keep too. Node keeps none, and has no EventSource:

${code("ts", ...lines)}
Each \`keepCookies()\` is one customer: a server that acts for several people needs one for each. A gateway with sign-in gets
its token from \`headers\` instead, and subscriptions get it from a \`fetch\` in \`eventSourceOptions\`. The roles in the token grant
its scopes: a call without a scope that its method needs fails with the code \`FORBIDDEN\`.

A first mutation without a cookie needs the header \`Idempotency-Key\` with a UUID, which this client sends, or it is rejected with 401
and a cookie. A retry with the same key and without a cookie is from the same customer: it returns the first result and the cookie again.
A client that knows the key can act as this customer, so use a random one for each customer, and keep it secret.

${code("sh", ...post)}`;
}

function schemas(name: string, { entry, request }: Example): string {
  const lines = [
    `import { ${request}Schema } from "${name}/${entry}";`,
    "",
    `const result = ${request}Schema.safeParse(input);`,
  ];
  const text =
    "Each message has a zod schema with the rules of its contract. It is a Standard Schema, which form libraries accept.";
  return `## Schemas\n\n${text}\n\n${code("ts", ...lines)}`;
}

function grpc(name: string, { entry, definition, service, query, mutation, subscription, error }: Example): string {
  const lines = [
    `import { createGrpcClient } from "${name}/grpc";`,
    `import { ${definition} } from "${name}/${entry}";`,
    "",
    `const { client, close } = createGrpcClient(${definition}, {`,
    `  address: "${service}.internal:50051",`,
    '  metadata: () => ({ "mesh-token": token }),',
    "});",
    `const response = await client.${query ?? mutation ?? subscription}({ … }, { timeoutMs: 1_000 });`,
    "await close();",
  ];
  const narrowing = error ? `. \`${error.errors}.has(error)\` narrows it to the declared reasons` : "";
  const text = `Each call has a deadline: \`timeoutMs\`, or that of the contract, or else 5 s for queries and 10 s for other methods. Queries
are retried if the service is unavailable for a moment. Calls reject with a \`MeshError\`${narrowing}.

The token names a customer and their scopes. A service rejects a token without a scope that the method needs with the code
\`PERMISSION_DENIED\`.
`;
  return `## gRPC from Node\n\n${code("ts", ...lines)}\n${text}`;
}
