ALTER TABLE "schedules" ADD COLUMN "listed_by" text;--> statement-breakpoint
ALTER TABLE "schedules" ADD COLUMN "listed_at" timestamp (3) with time zone DEFAULT now() NOT NULL;