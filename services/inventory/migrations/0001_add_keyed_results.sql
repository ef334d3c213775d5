CREATE TABLE "keyed_results" (
	"id" text PRIMARY KEY NOT NULL,
	"request_hash" text NOT NULL,
	"response" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "keyed_results_created" ON "keyed_results" USING btree ("created_at");