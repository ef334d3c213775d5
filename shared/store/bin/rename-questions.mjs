import { namesOnlyIn } from "./drizzle-kit.mjs";

/** The sections of a snapshot whose members drizzle-kit takes for renamed if one is missing and another is new. */
const sections = ["tables", "enums", "sequences", "views", "roles", "schemas"];

/** Returns the questions that drizzle-kit would ask about a change: what may be a new name of what. */
export function renameQuestions(current, last) {
  const common = Object.keys(current.tables).filter((table) => table in last.tables);
  return [
    ...sections.flatMap((section) => question(section, current, last, section)),
    ...common.flatMap((table) =>
      question("columns", current.tables[table], last.tables[table], `columns of ${current.tables[table].name}`),
    ),
  ];
}

function question(section, current, last, title) {
  const [added, removed] = [namesOnlyIn(current, last, section), namesOnlyIn(last, current, section)];
  if (added.length === 0 || removed.length === 0) return [];
  return [`${title}: ${added.join(", ")} may be new, or the new name of ${removed.join(", ")}`];
}
