/** The parts of a new service. */
export interface NewService {
  readonly name: string;
  readonly rpc: string;
  /** The name of the RPC in TypeScript. */
  readonly method: string;
  /** The name of the service in the contract: `GreeterService`. */
  readonly definition: string;
  readonly hasStore: boolean;
}

type PackageParts = Pick<NewService, "name" | "hasStore"> & { readonly hasPages?: boolean };

/** Returns package.json, with the scripts for `npx turbo dev --filter=…` and for the checks. */
export function packageFile({ name, hasStore, hasPages }: PackageParts): string {
  const scripts = {
    dev: "mesh-dev",
    build: "mesh-build",
    ...(hasStore ? { migration: "mesh-migration" } : {}),
    typecheck: "tsc --noEmit",
    test: `vitest run --root ../.. services/${name}/`,
  };
  const stored = {
    ...{ "@mesh/events": "*", "@mesh/service": "*", "@mesh/store": "*", "drizzle-orm": "0.45.4" },
    // Page tokens are described by it.
    ...(hasPages ? { zod: "^4.6.7" } : {}),
  };
  const dependencies = { "@mesh/contracts": "*", ...(hasStore ? stored : { "@mesh/service": "*" }) };
  const common = { name, version: "0.1.0", private: true, license: "MIT", type: "module", scripts, dependencies };
  const devDependencies = { "@mesh/dev": "*", "@mesh/testing": "*" };
  return `${JSON.stringify({ ...common, devDependencies }, null, 2)}\n`;
}

export const tsconfigFile = '{\n  "extends": "../../tsconfig.base.json",\n  "include": ["src"]\n}\n';

/** Returns main.ts, which starts the service. */
export function mainFile({ name }: Pick<NewService, "name">): string {
  return `import { start } from "@mesh/service";\nimport { ${name} } from "./service.ts";\n\nawait start(${name});\n`;
}

/** Returns service.ts, with one function for each RPC. */
export function serviceFile({ name, method, definition, hasStore }: NewService): string {
  const options = hasStore ? '{ store: { schema, migrations: new URL("../migrations", import.meta.url) } }' : "{}";
  const plain = `async ${method}({ text }) {\n      return { text };\n    },`;
  const stored = `async ${method}({ text }, { db }) {\n      await db.transaction((tx) => countText(tx, text));\n      return { text };\n    },`;
  return [
    `import { ${definition} } from "@mesh/contracts/${name}/v1";`,
    'import { service } from "@mesh/service";',
    ...(hasStore ? ['import * as schema from "./schema.ts";', 'import { countText } from "./store.ts";'] : []),
    "",
    `/** Implements ${definition}. The contract documents its methods. */`,
    `export const ${name} = service(${definition}, ${options}, {\n    ${hasStore ? stored : plain}\n});`,
    "",
  ].join("\n");
}

/** Returns a test on a real server, and on a real database if the service has one. */
export function testFile({ name, method, definition, hasStore }: NewService): string {
  const counts = [
    `  await service.client.${method}({ text: "Ada" });`,
    '  expect(await service.query("select text, times from texts")).toEqual([{ text: "Ada", times: "2" }]);',
  ];
  return [
    `import { ${definition} } from "@mesh/contracts/${name}/v1";`,
    'import { openTestService, type TestService } from "@mesh/testing/service";',
    'import { afterAll, beforeAll, expect, it } from "vitest";',
    `import { ${name} } from "./service.ts";`,
    "",
    `let service: TestService<NonNullable<typeof ${definition}.types>>;`,
    "",
    `beforeAll(async () => {\n  service = await openTestService(${definition}, ${name});\n});`,
    "afterAll(() => service?.[Symbol.asyncDispose]());",
    "",
    `it("returns the text${hasStore ? " and counts it" : ""}", async () => {`,
    `  expect(await service.client.${method}({ text: "Ada" })).toEqual({ text: "Ada" });`,
    ...(hasStore ? counts : []),
    "});",
    "",
    'it("rejects a text that violates the contract", async () => {',
    `  await expect(service.client.${method}({ text: "" })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });`,
    "});",
    "",
  ].join("\n");
}
