import { openApiDocument } from "../openapi/document.ts";
import type { Generation } from "./generation.ts";

/** Generates `openapi.json`: all routes of all services, for tools and for the gateway. */
export function generateOpenApi(generation: Generation): void {
  // With problems in the contracts, the generation fails anyway, and the document would be wrong.
  if (generation.problems.length > 0) return;
  const { schema } = generation;
  schema.generateFile("openapi.json").print(JSON.stringify(openApiDocument(generation), null, 2));
  const about = "/** The OpenAPI document of all routes. */\n";
  const type = "declare const document: Readonly<Record<string, unknown>>;\nexport default document;";
  schema.generateFile("openapi.d.ts").print(about, type);
}
