import type { Page } from "../http/handler.ts";
import { packagedAsset, type ReplyAsset, textAsset } from "./assets.ts";
import { referencePage, referencePolicy, referenceScript, referenceStyle } from "./page.ts";

const script = "text/javascript; charset=utf-8";
const style = "text/css; charset=utf-8";

/**
 * Makes the OpenAPI document and a page that shows it, by path. All files are served from here, so it works offline.
 *
 * @param openapi the document
 */
export function referencePages(openapi: object): Readonly<Record<string, Page>> {
  const page = textAsset(referencePage, "text/html; charset=utf-8");
  return {
    "/openapi.json": file(textAsset(`${JSON.stringify(openapi)}\n`, "application/json")),
    "/reference": (response, request) => {
      response.setHeader("content-security-policy", referencePolicy);
      void page(request, response);
    },
    "/reference/swagger-ui.css": file(packagedAsset("swagger-ui.css", style)),
    "/reference/swagger-ui-bundle.js": file(packagedAsset("swagger-ui-bundle.js", script)),
    "/reference/page.css": file(textAsset(referenceStyle, style)),
    "/reference/page.js": file(textAsset(referenceScript, script)),
  };
}

function file(reply: ReplyAsset): Page {
  return (response, request) => void reply(request, response);
}
