import { type ContractChange, change } from "../../fixtures/contract-change.ts";
import { testBreaks } from "../../fixtures/printed-breaks.ts";

const job = (option: string, field = "string id = 1;") => `message Count {
  ${option}
  ${field}
}
message Counted { int32 sum = 1; }
message Other {}`;
const counts = 'option (mesh.v1.job) = {result: "Counted"};';

const jobs: readonly ContractChange[] = [
  change(
    "no longer a job",
    job(`«${counts}→»`),
    "11:1: Count is no longer a job: breaks stored jobs: revert it, and enqueue a second job until none of this one waits",
  ),
  change(
    "another result",
    job('option (mesh.v1.job) = {result: "«Counted→Other»"};'),
    "12:27: the result of the job Count is Other, was Counted: breaks stored jobs: revert it, and add fields to the result instead",
  ),
  change(
    "a rule that rejects what was stored",
    job(counts, "string id = 1« → [(buf.validate.field).string.min_len = 1]»;"),
    "13:18: Count.id accepts less: min_len 1 (new): breaks stored jobs: revert it: stored jobs that violate the rule would fail",
  ),
  change(
    "other attempts, and a result after none",
    job('option (mesh.v1.job) = {«attempts: 2→attempts: 3 result: "Counted"»};'),
  ),
  change("a new job", job(`«→${counts}»`)),
];

testBreaks({ jobs });
