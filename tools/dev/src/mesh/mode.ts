/**
 * The way a mesh runs its apps. `development`: builds them, and again after each save. `production`: runs the builds of
 * `npm run build` with NODE_ENV=production.
 */
export type Mode = "development" | "production";

/** The folder, in that of an app, of its build for production. */
export const buildFolder = "dist";
