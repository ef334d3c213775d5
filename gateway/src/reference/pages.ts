import openapi from "@mesh/contracts/openapi.json" with { type: "json" };
import type { Page } from "../http/handler.ts";
import { type AnswerAsset, packagedAsset, textAsset } from "./assets.ts";
import { referencePage, referencePolicy, referenceScript, referenceStyle } from "./page.ts";

const script = "text/javascript; charset=utf-8";
const style = "text/css; charset=utf-8";

/** The OpenAPI document, and a page that shows it; by their paths. All of it is served from here: it works offline. */
export function referencePages(): Readonly<Record<string, Page>> {
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

function file(answer: AnswerAsset): Page {
  return (response, request) => void answer(request, response);
}
