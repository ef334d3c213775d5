CREATE TABLE "order_attempts" (
	"order_id" uuid PRIMARY KEY NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL
);
