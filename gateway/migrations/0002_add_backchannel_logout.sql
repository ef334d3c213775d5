CREATE TABLE "logout_tokens" (
	"id" text PRIMARY KEY NOT NULL,
	"valid_until" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "issuer_session" text;--> statement-breakpoint
CREATE INDEX "logout_tokens_valid" ON "logout_tokens" USING btree ("valid_until");--> statement-breakpoint
CREATE INDEX "sessions_subject" ON "sessions" USING btree ("subject");