CREATE TABLE "schedules" (
	"name" text PRIMARY KEY NOT NULL,
	"timing" jsonb NOT NULL,
	"target" jsonb NOT NULL,
	"payload" "bytea" NOT NULL,
	"principal" jsonb,
	"is_declared" boolean NOT NULL,
	"next_at" timestamp (3) with time zone NOT NULL,
	"last_at" timestamp (3) with time zone,
	"paused_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "schedules_due" ON "schedules" USING btree ("next_at") WHERE "schedules"."paused_at" is null;