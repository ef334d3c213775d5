export { type CallError, isPassing, retryAfterMsOf, retryDelayMs } from "./failure.ts";
export { ResponseError } from "./fetch-response.ts";
export { type MeshLinkOptions, meshLinks } from "./links.ts";
export { type ItemOf, items, type ListMethod, pages } from "./pages.ts";
export { randomUuid } from "./uuid.ts";
