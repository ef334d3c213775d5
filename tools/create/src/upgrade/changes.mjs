import { compareVersions } from "./codemods.mjs";

/**
 * Returns what a changelog says has changed, been removed or become deprecated after a version.
 *
 * @param {string} changelog
 * @param {string} from
 * @returns {string} its lines; empty if there are none
 */
export function changesSince(changelog, from) {
  const versions = changelog.split(/^## /m).slice(1);
  const later = versions.filter((text) => {
    const [, version] = /^\[?(\d+\.\d+\.\d+)/.exec(text) ?? [];
    return version === undefined || compareVersions(version, from) > 0;
  });
  return later
    .flatMap((text) => text.split(/^### /m).slice(1))
    .filter((section) => /^(Changed|Removed|Deprecated)/.test(section))
    .map((section) => section.slice(section.indexOf("\n")).trim())
    .join("\n");
}
