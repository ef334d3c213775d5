import { existsSync } from "node:fs";
import { join } from "node:path";
import { optionsProto, printEcho, printRpc, validateProto } from "../contract/print-rpc.ts";
import { GeneratorError } from "../generator-error.ts";
import { lowerFirst, pascalCase } from "../names.ts";
import { expose } from "./expose.ts";
import type { Plan, Workshop } from "./plan.ts";
import { mainFile, type NewService, packageFile, serviceFile, testFile, tsconfigFile } from "./service-files.ts";
import { schemaFile, storeFile } from "./store-files.ts";

/** Creates a service with one RPC. */
export async function planService({ draft, answers }: Workshop): Promise<Plan> {
  const { name = "", rpc = "Echo", database, exposed } = answers;
  const service = {
    name,
    rpc,
    method: lowerFirst(rpc),
    definition: `${pascalCase(name)}Service`,
    hasStore: database === "yes",
  };
  checkNew(draft.root, name);
  const folder = `services/${name}`;
  const isExposed = exposed === "yes";
  draft.create(`proto/${name}/v1/${name}.proto`, contract(service, isExposed));
  draft.create(`${folder}/package.json`, packageFile(service));
  draft.create(`${folder}/tsconfig.json`, tsconfigFile);
  draft.create(`${folder}/src/main.ts`, mainFile(service));
  draft.create(`${folder}/src/service.ts`, serviceFile(service));
  draft.create(`${folder}/src/service.test.ts`, testFile(service));
  if (service.hasStore) {
    draft.create(`${folder}/src/schema.ts`, schemaFile);
    draft.create(`${folder}/src/store.ts`, storeFile);
  }
  if (isExposed) await expose(draft, name, { definition: service.definition, module: `@mesh/contracts/${name}/v1` });
  const next = [
    "start it with the others: npm start (a running mesh starts it automatically)",
    `test it: npm test -- services/${name}`,
    ...(isExposed
      ? [`call it in the frontend: trpc.${name}.${service.method}.${service.hasStore ? "mutate" : "query"}({ … })`]
      : []),
  ];
  return { newService: name, ...(service.hasStore ? { migrates: name } : {}), next };
}

function checkNew(root: string, name: string): void {
  for (const path of [`services/${name}`, `proto/${name}`, `shared/${name}`, `tools/${name}`]) {
    if (existsSync(join(root, path))) throw new GeneratorError(`${path} already exists: choose another name`);
  }
  if (!existsSync(join(root, "node_modules", name))) return;
  throw new GeneratorError(`"${name}" is an npm package in use, which the service would hide: choose another name`);
}

function contract({ name, rpc, definition, hasStore }: NewService, isExposed: boolean): string {
  const imports = [validateProto, ...(isExposed ? [optionsProto] : [])];
  const comment = hasStore ? "Counts a text and returns it." : "Returns the text of the request.";
  const kind = hasStore ? "mutation" : "query";
  const line = printRpc({ name: rpc, kind, comment, gateway: isExposed ? "anyone" : "nobody", errors: undefined });
  return [
    `syntax = "proto3";\n\npackage ${name}.v1;\n`,
    `${imports.map((file) => `import "${file}";`).join("\n")}\n`,
    `// The service ${name}.\nservice ${definition} {\n${line}}\n`,
    printEcho(rpc),
  ].join("\n");
}
