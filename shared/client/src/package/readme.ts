import type { Entry } from "./entries.ts";
import type { Settings } from "./manifest.ts";

/** The README of the package. */
export function readme({ name }: Settings, entries: readonly Entry[]): string {
  const contracts = entries.filter(({ subpath }) => !/^\.(\/grpc)?$/.test(subpath));
  const example = contracts[0]?.name ?? "orders/v1";
  return `# ${name}

\`\`\`sh
npm install ${name}
\`\`\`

## From a browser, or any JavaScript

\`\`\`ts
import { createClient, refusalOf } from "${name}";

const client = createClient({ url: "https://shop.example/trpc" });

const answer = await client.<service>.<query>.query({ … });
await client.<service>.<mutation>.mutate({ … });
client.<service>.<stream>.subscribe({ … }, { onData: (value) => … });
\`\`\`

Everything is typed by the contracts. Bigint, Date and Uint8Array travel as they are. What is called within a turn of the event
loop travels together.

A call that is refused says why, by a reason of its contract:

\`\`\`ts
try {
  await client.<service>.<mutation>.mutate({ … });
} catch (error) {
  const refusal = refusalOf(error, "<service>.<mutation>");
  if (refusal?.reason === "OUT_OF_STOCK") show(refusal.metadata.available);
}
\`\`\`

\`createClient\` also takes \`headers\`, \`credentials: "include"\` for cookies of another origin, a \`fetch\`, and an \`EventSource\`:
Node has none, so subscriptions there want \`createClient({ EventSource })\` with that of the npm package \`eventsource\`.

## Schemas

Each message has a zod schema, which checks what the contract says and is a Standard Schema, as forms take it:

\`\`\`ts
import { <Message>Schema } from "${name}/${example}";

const result = <Message>Schema.safeParse(input);
\`\`\`

${contracts.map(({ subpath }) => `- \`${name}${subpath.slice(1)}\``).join("\n")}

## From Node, by gRPC

\`\`\`ts
import { createGrpcClient } from "${name}/grpc";
import { <Service> } from "${name}/${example}";

const { client, close } = createGrpcClient(<Service>, {
  address: "orders.internal:50051",
  metadata: () => ({ "mesh-principal": "customer:00000000-0000-4000-8000-000000000000" }),
});
const answer = await client.<method>({ … }, { timeoutMs: 1_000 });
await close();
\`\`\`

Each call has a deadline: 5 s, 10 s where it changes something, or what the contract or \`timeoutMs\` says. Queries are tried
again where the service is away for a moment. Calls reject with a \`MeshError\`: \`OrderError.has(error)\` narrows it on its reason.
`;
}
