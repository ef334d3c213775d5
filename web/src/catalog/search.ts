import { Category, type ListProductsRequestInput } from "@mesh/contracts/catalog/v1";
import { shelfBySlug } from "./categories.ts";

/** The search parameters of the catalog's address. Defaults are left out. */
export interface CatalogSearch {
  /** The words searched for. */
  readonly q?: string;
  /** The slug of a shelf. */
  readonly category?: string;
  /** Which page this is, from 1; only shown. */
  readonly page?: number;
  /** Asks for the page; without it, it is the first. */
  readonly token?: string;
}

/** Products on a page: fills rows of 2, 3, 4 and 6. */
export const pageSize = 24;

/** The longest search that the catalog takes; catalog.proto says so. */
export const maxQueryLength = 100;

function text(value: unknown, maxLength: number): string | undefined {
  // The router reads `?q=12` as a number.
  const trimmed = typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
  return trimmed === "" ? undefined : trimmed.slice(0, maxLength);
}

/** Reads the address of the catalog; whatever makes no sense is left out. */
export function readSearch(raw: Record<string, unknown>): CatalogSearch {
  const q = text(raw.q, maxQueryLength);
  const category = shelfBySlug(text(raw.category, 40))?.slug;
  const token = text(raw.token, 512);
  const page = token !== undefined && Number.isSafeInteger(raw.page) ? Number(raw.page) : 1;
  return {
    ...(q !== undefined && { q }),
    ...(category !== undefined && { category }),
    ...(page > 1 && { page }),
    ...(token !== undefined && { token }),
  };
}

/** Returns the request for a search. */
export function requestOf({ q = "", category, token = "" }: CatalogSearch): ListProductsRequestInput {
  return {
    pageSize,
    pageToken: token,
    query: q,
    category: shelfBySlug(category)?.category ?? Category.CATEGORY_UNSPECIFIED,
  };
}
