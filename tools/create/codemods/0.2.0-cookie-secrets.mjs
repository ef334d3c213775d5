export const title = "Rename cookieSecret, which is a list now, to cookieSecrets";

/** @param {string} path @param {string} text */
export function change(path, text) {
  return path.startsWith("gateway/") && text.includes("gatewaySettings")
    ? text.replaceAll(/\bcookieSecret\b/g, "cookieSecrets")
    : text;
}
