import { CatalogError, ImportCatalog, type WatchImportResponse } from "@mesh/contracts/catalog/v1";
import { statusMessage } from "@mesh/jobs/status-message";
import { type JobContext, type Jobs, job } from "@mesh/service";
import type { Db, Tx } from "./db.ts";
import { importPart, noCounts } from "./import.ts";

/** The products of one transaction of an import. */
const step = 10;

/** The jobs of the catalog. */
export const jobs = [
  job(
    ImportCatalog,
    async ({ products }, { db, progress, signal }: JobContext<Tx> & { readonly db: Db }) => {
      const counts = noCounts();
      for (let at = 0; at < products.length; at += step) {
        signal.throwIfAborted();
        const part = products.slice(at, at + step);
        await db.transaction((tx) => importPart(tx, part, counts));
        await progress(at + part.length, products.length, part.at(-1)?.name);
      }
      return counts;
    },
    { concurrency: 2 },
  ),
];

/** Follows an import until it has ended. */
export async function* watchImport({ id }: { id: string }, own: Jobs): AsyncGenerator<WatchImportResponse> {
  if (!(await own.status(ImportCatalog, id))) throw CatalogError.importNotFound({ importId: id });
  for await (const status of own.watch(ImportCatalog, id))
    yield { status: statusMessage(status), result: status.result };
}
