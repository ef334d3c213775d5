/** The name of an example that a project can begin with. @typedef {"none" | "minimal" | "shop"} Example */

/** @type {readonly Example[]} */
export const examples = ["none", "minimal", "shop"];

/** The services of the shop, each with a contract of the same name. */
const shopServices = ["catalog", "inventory", "orders", "payments"];

/** What there is only for the shop. */
const shop = [
  ...shopServices.flatMap((name) => [`proto/${name}/`, `services/${name}/`]),
  "web/",
  "e2e/",
  "examples/",
  "gateway/src/procedures/shop.ts",
  // The tests of its gateway.
  "gateway/src/router.test.ts",
  "gateway/src/two-users.test.ts",
  "gateway/fixtures/walk/",
  "gateway/src/reference/openapi.test.ts",
  "gateway/src/rest/files/product-images.test.ts",
  // Has its folders as examples.
  "scripts/check-imports.test.mjs",
];

/** What Typemesh needs for itself, and its projects don't. */
const ofTypemesh = [
  ".ci/",
  ".github/ISSUE_TEMPLATE/",
  ".github/pull_request_template.md",
  "bench/",
  "tools/chaos/",
  "CHANGELOG.md",
  "CODE_OF_CONDUCT.md",
  "CONTRIBUTING.md",
  "README.md",
  "SECURITY.md",
  // These test its README, and how it makes projects.
  "e2e/src/readme.test.ts",
  "e2e/src/generators.test.ts",
  "e2e/src/generators.long.test.ts",
  "e2e/src/create.test.ts",
  "e2e/src/upgrade.test.ts",
  "e2e/src/pages.test.ts",
  "e2e/src/error-messages.test.ts",
  "e2e/src/site.long.test.ts",
  "e2e/src/tutorial.long.test.ts",
  "e2e/src/guides.test.ts",
  "e2e/fixtures/guide.ts",
  "e2e/fixtures/new-project.ts",
  "scripts/screenshots.mjs",
  "scripts/test-newest.mjs",
];

/** Returns whether a file is only there for the shop. @param {string} path below the root, with `/` */
export function isOfShop(path) {
  return shop.some((part) => isIn(path, part));
}

/** Returns whether a file is only there for those who develop Typemesh. @param {string} path below the root, with `/` */
export function isOfTypemesh(path) {
  return ofTypemesh.some((part) => isIn(path, part));
}

/** Returns whether an import is of a contract of the shop. @param {string} specifier such as `@mesh/contracts/orders/v1` */
export function isShopContract(specifier) {
  return shopServices.some((name) => new RegExp(`^@mesh/contracts/(json-schema/)?${name}[./]`).test(specifier));
}

/** @param {string} path @param {string} part a folder, which ends with `/`, or a file */
function isIn(path, part) {
  return part.endsWith("/") ? path.startsWith(part) : path === part;
}
