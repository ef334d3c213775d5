import type { IncomingMessage, ServerResponse } from "node:http";
import sirv from "sirv";
import type { Site } from "../http/handler.ts";
import { setRoute } from "../telemetry/observe-requests.ts";

/** Vite names these files by a hash of their contents, so browsers may keep them. */
const hashed = /^\/assets\//;
const forever = "public, max-age=31536000, immutable";

/**
 * The page loads nothing from other hosts, and no other page may frame it. Base UI positions its parts by `style` attributes.
 *
 * Source: https://cheatsheetseries.owasp.org/cheatsheets/Content_Security_Policy_Cheat_Sheet.html
 */
const policy = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * Serves the files of a built web page. At addresses without a file, browsers that navigate get index.html, because the page
 * has routes of its own. Source maps are not served.
 *
 * @param folder is read once; an absent file then needs no look at the disk
 * @param paths those of other routes: the page has no address that begins with a segment of one of them
 */
export function serveSite(folder: string, paths: readonly string[]): Site {
  const files = sirv(folder, { etag: true, setHeaders });
  const others = new Set(paths.map(firstSegment));
  return (request, response, next) => {
    const path = pathOf(request);
    if (!["GET", "HEAD"].includes(request.method ?? "") || path.endsWith(".map")) return next();
    files(request, response, () => {
      if (others.has(firstSegment(path)) || !isNavigation(request)) return next();
      request.url = "/";
      files(request, response, next);
    });
  };
}

function setHeaders(response: ServerResponse, path: string): void {
  setRoute(response, "/**");
  response.setHeader("cache-control", hashed.test(path) ? forever : "no-cache");
  response.setHeader("content-security-policy", policy);
}

function isNavigation({ headers }: IncomingMessage): boolean {
  return String(headers.accept ?? "").includes("text/html");
}

function pathOf({ url = "" }: IncomingMessage): string {
  return url.split("?", 1)[0] ?? "";
}

function firstSegment(path: string): string {
  return path.split("/", 2)[1] ?? "";
}
