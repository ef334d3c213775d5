CREATE TABLE "keyed_results" (
	"id" text PRIMARY KEY NOT NULL,
	"request_hash" text NOT NULL,
	"attempt" uuid NOT NULL,
	"lease_until" timestamp (3) with time zone NOT NULL,
	"response" "bytea",
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rate_limits" (
	"key" text PRIMARY KEY NOT NULL,
	"points" integer NOT NULL,
	"expire" bigint
);
--> statement-breakpoint
CREATE INDEX "keyed_results_created" ON "keyed_results" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "rate_limits_expire" ON "rate_limits" USING btree ("expire");