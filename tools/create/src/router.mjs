import { isShopContract } from "./example.mjs";

const imported = /^import (?:type )?\{[^}]*\} from "([^"]+)";\n/gm;
const offered = /^export const services = \{([^}]*)\};/m;

/**
 * Returns router.ts without the shop: the one of a project without services, with those services of another one that are not the
 * shop's.
 *
 * @param {string} empty the router.ts of a project without services
 * @param {string} text the router.ts of the project
 * @returns {string | undefined} undefined if the project has further procedures of its own
 */
export function routerWithoutShop(empty, text) {
  const byHand = /^export type HandWritten = (.*);$/m.exec(text)?.[1] ?? "";
  if (!["{ readonly shop: ShopProcedures }", "Record<never, never>"].includes(byHand)) return undefined;
  const imports = [...text.matchAll(imported)].filter(([line, from = ""]) => {
    return from.startsWith("@mesh/contracts/") && !isShopContract(from) && !empty.includes(line);
  });
  const entries = (offered.exec(text)?.[1] ?? "").split(",").map((entry) => entry.trim());
  const kept = entries.filter((entry) => imports.some(([line]) => line.includes(` ${entry.split(": ")[1]} `)));
  const list = kept.length > 0 ? `{\n${kept.map((entry) => `  ${entry},\n`).join("")}}` : "{}";
  const trpc = "import type { TRPCBuiltRouter }";
  return empty
    .replace(offered, `export const services = ${list};`)
    .replace(trpc, `${imports.map(([line]) => line).join("")}${trpc}`);
}
