/** The headings of all pages, by their path, such as `runbooks/README`. @typedef {ReadonlyMap<string, string>} Headings */

/** The pages in the order in which they are listed. Those of a folder, and those that are in no group, follow by name. */
const groups = {
  Start: ["index", "tutorial", "comparison", "what-you-give-up", "moving-away"],
  "Coming from": ["coming-from/"],
  "Services and contracts": [
    "by-hand",
    "jobs",
    "errors",
    "schemas",
    "contracts",
    "breaking",
    "contracts-of-others",
    "proto2-and-editions",
  ],
  "The gateway": ["rest", "subscriptions", "files", "sign-in", "limits", "idempotency", "caching", "clients"],
  "The mesh": [
    "life-of-a-request",
    "architecture",
    "events",
    "saga",
    "middleware",
    "policy",
    "identity",
    "other-languages",
    "security",
    "telemetry",
  ],
  "Development and production": [
    "developing",
    "chaos",
    "one-process",
    "deploying",
    "migrations",
    "backup",
    "rotation",
    "personal-data",
    "upgrading",
  ],
  More: [""],
  Reference: ["settings", "mesh-command", "error-messages", "reference/"],
  Decisions: ["decisions/README", "decisions/"],
  Runbooks: ["runbooks/README", "runbooks/"],
};

/** Groups of which only the heading is open at first. */
const collapsed = ["Decisions", "Runbooks"];

const contracts = { text: "Contracts of this repository", link: "/contracts/index.html", target: "_self" };

/** Returns the list of all pages, as VitePress' sidebar. @param {Headings} headings */
export function sidebar(headings) {
  const named = Object.values(groups).flat();
  const inGroup = (name) => {
    if (name !== "" && !name.endsWith("/")) return headings.has(name) ? [name] : [];
    return [...headings.keys()]
      .filter((page) => page.startsWith(name) && !page.slice(name.length).includes("/") && !named.includes(page))
      .sort();
  };
  return Object.entries(groups)
    .map(([text, names]) => ({
      text,
      items: [
        ...names.flatMap(inGroup).map((page) => linkTo(page, headings)),
        ...(text === "Reference" ? [contracts] : []),
      ],
      ...(collapsed.includes(text) && { collapsed: true }),
    }))
    .filter(({ items }) => items.length > 0);
}

/** Returns the links at the top of each page. @param {Headings} headings */
export function topics(headings) {
  return [
    { text: "Start", page: "index" },
    { text: "Tutorial", page: "tutorial" },
    {
      text: "Guides",
      page: "by-hand",
      activeMatch: "^/(?!settings|mesh-command|error-messages|tutorial|comparison|what-you-)[^/]+$",
    },
    { text: "Reference", page: "settings", activeMatch: "^/(settings|mesh-command|error-messages|reference/)" },
    { text: "Coming from", page: "coming-from/nestjs", activeMatch: "^/coming-from/" },
    { text: "Decisions", page: "decisions/README", activeMatch: "^/decisions/" },
    { text: "Runbooks", page: "runbooks/README", activeMatch: "^/runbooks/" },
  ]
    .filter(({ page }) => headings.has(page))
    .map(({ page, ...topic }) => ({ ...linkTo(page, headings), ...topic }));
}

/** @param {string} page @param {Headings} headings */
function linkTo(page, headings) {
  return { text: headings.get(page), link: `/${page.replace(/(^index|README)$/, "")}` };
}
