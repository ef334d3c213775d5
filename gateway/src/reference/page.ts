import { version } from "./assets.ts";

/**
 * The content security policy of the reference page: scripts and styles of this gateway, calls to this gateway, and
 * nothing else. The icons of Swagger UI are data in its style sheet.
 */
export const referencePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The page that shows the OpenAPI document and lets readers try its operations. */
export const referencePage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>API reference</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="reference/swagger-ui.css?v=${version}">
    <link rel="stylesheet" href="reference/page.css?v=${version}">
  </head>
  <body>
    <div id="reference"></div>
    <noscript>This page needs JavaScript. Its content is in <a href="openapi.json">openapi.json</a>.</noscript>
    <script src="reference/swagger-ui-bundle.js?v=${version}"></script>
    <script src="reference/page.js?v=${version}"></script>
  </body>
</html>
`;

/** Starts Swagger UI, in the light or dark colours of the system. */
export const referenceScript = `const dark = matchMedia("(prefers-color-scheme: dark)");
const colour = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", colour);
colour();

SwaggerUIBundle({
  url: new URL("openapi.json", location.href).href,
  dom_id: "#reference",
  // Sends the document to no other service.
  validatorUrl: null,
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  requestSnippetsEnabled: true,
  defaultModelsExpandDepth: 0,
});
`;

/** Makes the page fit a phone. */
export const referenceStyle = `html { overflow-y: scroll; }
body { margin: 0; }
/* Browsers store the customer's cookie themselves, and pages cannot set it. */
.swagger-ui .auth-wrapper, .swagger-ui .authorization__btn { display: none; }
@media (max-width: 640px) {
  .swagger-ui .response-col_links { display: none; }
  .swagger-ui .wrapper { padding: 0 10px; }
  .swagger-ui .info { margin: 20px 0; }
  .swagger-ui .opblock-tag { flex-wrap: wrap; }
  .swagger-ui table.responses-table { table-layout: fixed; width: 100%; }
  .swagger-ui table.parameters thead { display: none; }
  .swagger-ui table.parameters tr, .swagger-ui table.parameters td { display: block; }
  .swagger-ui table.parameters tbody td { padding: 4px 0; }
  .swagger-ui .parameters-col_description input { box-sizing: border-box; width: 100%; }
  .swagger-ui .response-col_status { width: 4em; }
  .swagger-ui .responses-inner { padding: 10px; }
  .swagger-ui .opblock-body pre, .swagger-ui .curl-command { overflow-x: auto; max-width: 100%; }
  .swagger-ui select, .swagger-ui input[type="text"], .swagger-ui textarea { max-width: 100%; }
}
`;
