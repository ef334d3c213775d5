import { MeshError } from "@mesh/contracts";
import { maxHeaderBytes } from "../limits.ts";
import type { Middleware } from "./middleware.ts";

/** Refuses calls with too many headers; Node itself takes 64 KiB. */
export const limitHeaders: Middleware = async function limit({ stream }, next) {
  const bytes = stream.headerBytes();
  if (bytes <= maxHeaderBytes) return next();
  const message = `${bytes} bytes of headers are over the limit of ${maxHeaderBytes}`;
  throw new MeshError({ code: "RESOURCE_EXHAUSTED", message });
};
