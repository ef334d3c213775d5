import { randomUUID } from "node:crypto";
import { CatalogError, CatalogService, ImportCatalog, ProductChanged } from "@mesh/contracts/catalog/v1";
import { canonical, pageToken, service } from "@mesh/service";
import { limitCalls } from "@mesh/service/middleware";
import * as z from "zod";
import { checkImport, newProduct, withChanges } from "./domain.ts";
import { deleteImage, readImage, receiveImage } from "./images/handlers.ts";
import { removeImages } from "./images/store.ts";
import { tasks } from "./images/tasks.ts";
import { importProducts } from "./import.ts";
import { jobs, watchImport } from "./jobs.ts";
import * as schema from "./schema.ts";
import {
  countProducts,
  deleteProduct,
  findProducts,
  insertProduct,
  lockProduct,
  searchProducts,
  updateProduct,
} from "./store.ts";

const page = pageToken(z.object({ name: z.string(), id: z.guid(), words: z.string(), category: z.number() }));

/** The catalog service. The contract describes each method. */
export const catalog = service(
  CatalogService,
  {
    store: { schema, migrations: new URL("../migrations", import.meta.url) },
    settings: { FILES_DIR: z.string().min(1).describe("the folder for the pictures of products") },
    tasks,
    jobs,
    // Each holds a connection while its client sends: others keep half of the ten.
    middleware: [limitCalls(CatalogService.methods.importProducts, 5)],
  },
  {
    async listProducts({ pageSize, pageToken: token, query, category }, { db }) {
      const limit = pageSize || 24;
      const search = { words: query, category };
      const after = page.read(token, () => CatalogError.pageTokenInvalid());
      if (after && (after.words !== query || after.category !== category)) throw CatalogError.pageTokenInvalid();
      const [found, totalSize] = await Promise.all([
        searchProducts(db, search, limit + 1, after),
        countProducts(db, search),
      ]);
      const products = found.slice(0, limit);
      const last = products.at(-1);
      const more = last && found.length > limit;
      return {
        products,
        totalSize,
        nextPageToken: more ? page.write({ name: last.name, id: last.id, ...search }) : "",
      };
    },

    async getProduct({ id }, { db }) {
      const [product] = await findProducts(db, [id]);
      if (!product) throw CatalogError.productNotFound({ productId: id });
      return { product };
    },

    async batchGetProducts({ ids }, { db }) {
      return { products: await findProducts(db, ids) };
    },

    async createProduct({ id, ...rest }, { db }) {
      const product = newProduct({ ...rest, id: id || randomUUID() });
      await db.transaction(async (tx) => {
        const inserted = await insertProduct(tx, product);
        if (!inserted) throw CatalogError.productExists({ productId: product.id });
        await tx.publish(ProductChanged, { productId: product.id, product, changedAt: new Date() });
      });
      return { product };
    },

    async updateProduct(request, { db }) {
      const id = canonical(request.product.id);
      return db.transaction(async (tx) => {
        const before = await lockProduct(tx, id);
        if (!before) throw CatalogError.productNotFound({ productId: id });
        const product = withChanges(before, request);
        await updateProduct(tx, product);
        await tx.publish(ProductChanged, { productId: id, product, changedAt: new Date() });
        return { product };
      });
    },

    async deleteProduct(request, { db }) {
      const id = canonical(request.id);
      await db.transaction(async (tx) => {
        const deleted = await deleteProduct(tx, id);
        if (!deleted) throw CatalogError.productNotFound({ productId: id });
        await removeImages(tx, id);
        await tx.publish(ProductChanged, { productId: id, product: undefined, changedAt: new Date() });
      });
      return {};
    },

    async importProducts(requests, { db }) {
      return db.transaction((tx) => importProducts(tx, requests));
    },

    async startImport({ products }, { db }) {
      checkImport(products);
      return { id: await db.transaction((tx) => tx.enqueue(ImportCatalog, { products })) };
    },

    watchImport(request, context) {
      return watchImport(request, context.jobs);
    },

    async cancelImport({ id }, context) {
      await context.jobs.cancel(ImportCatalog, id);
      return {};
    },

    async uploadProductImage(requests, context) {
      return receiveImage(requests, context);
    },

    getProductImage(request, context) {
      return readImage(request, context);
    },

    async deleteProductImage(request, { db }) {
      const image = { productId: canonical(request.productId), id: canonical(request.id) };
      await db.transaction((tx) => deleteImage(tx, image));
      return {};
    },
  },
);
