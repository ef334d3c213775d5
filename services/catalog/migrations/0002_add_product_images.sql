CREATE TABLE "product_images" (
	"product_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"content_type" text NOT NULL,
	"state" text NOT NULL,
	"size" bigint NOT NULL,
	"hash" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "product_images_product_id_id_pk" PRIMARY KEY("product_id","id")
);
--> statement-breakpoint
CREATE INDEX "product_images_state" ON "product_images" USING btree ("state","expires_at");