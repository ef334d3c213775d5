ALTER TABLE "orders" ADD COLUMN "refunded_at" timestamp (3) with time zone;
--> statement-breakpoint
UPDATE "orders" SET "refunded_at" = "order_steps"."at" FROM "order_steps" WHERE "order_steps"."order_id" = "orders"."id" AND "order_steps"."kind" = 'refunded';
