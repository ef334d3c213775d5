/** What Typemesh keeps up to date in a project. The rest is the team's: services, contracts, the page, the router. */
const ours = [
  "shared/",
  "tools/",
  "scripts/",
  "turbo/",
  "docs/",
  "gateway/",
  "proto/mesh/",
  "deploy/",
  ".github/workflows/",
  ".vscode/",
];

/** Files of a team in those folders. */
const ofTeam = ["gateway/src/router.ts", "gateway/src/procedures/"];

/** Settings of the project as a whole. The lockfile follows from them. */
const settings =
  /^(\.(editorconfig|gitattributes|gitignore|npmrc|nvmrc|dockerignore)|Dockerfile|LICENSE-typemesh|(biome|package|renovate|tsconfig\.base|turbo)\.json|buf(\.gen)?\.yaml|vitest(\.\w+)?\.config\.ts)$/;

/** Returns whether an upgrade may change a file. @param {string} path below the root, with `/` */
export function isOurs(path) {
  if (ofTeam.some((part) => path.startsWith(part))) return false;
  return settings.test(path) || ours.some((folder) => path.startsWith(folder));
}
