import { describe, expect, it } from "vitest";
import { failureOf, imageProblem } from "./image-problem.ts";

describe("a picture that was not added", () => {
  it("has the reason of the contract, before the status", () => {
    const failure = failureOf(400, '{"status":400,"reason":"TOO_MANY_IMAGES"}');
    expect(imageProblem(failure)).toBe("This product has eight pictures, which is the most. Remove one first.");
  });

  it("has a sentence for each status that a clerk can do something about", () => {
    expect(imageProblem(failureOf(413, "{}"))).toContain("larger than 20 MB");
    expect(imageProblem(failureOf(415, "no JSON"))).toContain("PNG, JPEG, WebP, GIF or AVIF");
    expect(imageProblem(failureOf(0, ""))).toContain("connection was lost");
    expect(imageProblem(failureOf(503, "null"))).toContain("try again");
  });
});
