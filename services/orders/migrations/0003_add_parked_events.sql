CREATE TABLE "consumer_leases" (
	"consumer" text PRIMARY KEY NOT NULL,
	"holder" uuid,
	"epoch" bigint NOT NULL,
	"stream" text,
	"position" bigint DEFAULT 0 NOT NULL,
	"settled" bigint[] DEFAULT '{}' NOT NULL,
	"handed_to" bigint DEFAULT 0 NOT NULL,
	"crashes" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "consumer_processes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"consumers" text[] NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "parked_events" (
	"position" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "parked_events_position_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"consumer" text NOT NULL,
	"message_id" text NOT NULL,
	"key" text NOT NULL,
	"subject" text NOT NULL,
	"sequence" bigint NOT NULL,
	"headers" jsonb NOT NULL,
	"payload" "bytea" NOT NULL,
	"state" text NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"waits" integer DEFAULT 0 NOT NULL,
	"kills" integer DEFAULT 0 NOT NULL,
	"error" text,
	"parked_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"next_attempt_at" timestamp (3) with time zone,
	"started_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE UNIQUE INDEX "parked_events_message" ON "parked_events" USING btree ("consumer","message_id");--> statement-breakpoint
CREATE INDEX "parked_events_due" ON "parked_events" USING btree ("consumer","next_attempt_at") WHERE "parked_events"."next_attempt_at" is not null;--> statement-breakpoint
CREATE INDEX "parked_events_key" ON "parked_events" USING btree ("consumer","key","position") WHERE "parked_events"."state" <> 'dead';--> statement-breakpoint
CREATE INDEX "parked_events_dead" ON "parked_events" USING btree ("parked_at") WHERE "parked_events"."state" = 'dead';