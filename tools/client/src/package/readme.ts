import type { Entry } from "./entries.ts";
import type { Example } from "./example.ts";
import type { Settings } from "./manifest.ts";

/** The README of the package, with what its own services are called. */
export function readme({ name }: Settings, entries: readonly Entry[], example: Example | undefined): string {
  const contracts = entries.filter(({ subpath }) => !/^\.(\/grpc)?$/.test(subpath));
  const parts = [
    `# ${name}\n\n${code("sh", `npm install ${name}`)}`,
    ...(example
      ? [calls(name, example), refusals(example), more, schemas(name, example), grpc(name, example)]
      : [more]),
    `## What is there\n\n${contracts.map(({ subpath }) => `- \`${name}${subpath.slice(1)}\``).join("\n")}\n`,
  ];
  return parts.join("\n");
}

const code = (language: string, ...lines: readonly string[]) => `\`\`\`${language}\n${lines.join("\n")}\n\`\`\`\n`;

function calls(name: string, { service, query, mutation, subscription }: Example): string {
  const at = `client.${service}`;
  const lines = [
    'import { createClient, refusalOf } from "…";'.replace("…", name),
    "",
    'const client = createClient({ url: "https://shop.example/trpc" });',
    "",
    ...(query ? [`const answer = await ${at}.${query}.query({ … });`] : []),
    ...(mutation ? [`await ${at}.${mutation}.mutate({ … });`] : []),
    ...(subscription ? [`${at}.${subscription}.subscribe({ … }, { onData: (value) => … });`] : []),
  ];
  const text = "Everything is typed by the contracts; bigint, Date and Uint8Array travel as they are.";
  return `## From a browser, or any JavaScript\n\n${code("ts", ...lines)}\n${text}\n`;
}

function refusals({ service, query, mutation, refusal }: Example): string {
  const method = mutation ?? query;
  if (!refusal || !method) return "";
  const call = mutation ? `${mutation}.mutate` : `${query}.query`;
  const lines = [
    "try {",
    `  await client.${service}.${call}({ … });`,
    "} catch (error) {",
    `  const refusal = refusalOf(error, "${service}.${method}");`,
    `  if (refusal?.reason === "${refusal.reason}") show(refusal.metadata.${refusal.key});`,
    "}",
  ];
  return `A call that is refused says why, by a reason of its contract:\n\n${code("ts", ...lines)}`;
}

const more = `\`createClient\` also takes \`headers\`, \`credentials: "include"\` for cookies of another origin, a \`fetch\`, and an
\`EventSource\`: Node has none, so subscriptions there want that of the npm package \`eventsource\`.
`;

function schemas(name: string, { entry, request }: Example): string {
  const lines = [
    `import { ${request}Schema } from "${name}/${entry}";`,
    "",
    `const result = ${request}Schema.safeParse(input);`,
  ];
  const text = "Each message has a zod schema that checks what its contract says; forms take it as a Standard Schema.";
  return `## Schemas\n\n${text}\n\n${code("ts", ...lines)}`;
}

function grpc(name: string, { entry, definition, service, query, mutation, subscription, refusal }: Example): string {
  const lines = [
    `import { createGrpcClient } from "${name}/grpc";`,
    `import { ${definition} } from "${name}/${entry}";`,
    "",
    `const { client, close } = createGrpcClient(${definition}, {`,
    `  address: "${service}.internal:50051",`,
    '  metadata: () => ({ "mesh-principal": "customer:00000000-0000-4000-8000-000000000000" }),',
    "});",
    `const answer = await client.${query ?? mutation ?? subscription}({ … }, { timeoutMs: 1_000 });`,
    "await close();",
  ];
  const narrowing = refusal ? `, which \`${refusal.errors}.has(error)\` narrows on its reason` : "";
  const text = `Each call has a deadline: 5 s, 10 s where it changes something, or what the contract or \`timeoutMs\` says. Queries are
tried again where the service is away for a moment. Calls reject with a \`MeshError\`${narrowing}.
`;
  return `## From Node, by gRPC\n\n${code("ts", ...lines)}\n${text}`;
}
