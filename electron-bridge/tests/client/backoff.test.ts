import { expect, it } from "vitest";
import { backoff, defaultRetry } from "../../src/client/backoff.ts";

const retry = { attempts: 5, minDelay: 100, maxDelay: 1000 };

it("doubles with each failure up to the longest wait", () => {
  expect([1, 2, 3, 4, 5, 50].map((failures) => backoff(failures, retry, 1))).toEqual([
    100, 200, 400, 800, 1000, 1000,
  ]);
});

it("is jittered down to half", () => {
  expect(backoff(2, retry, 0)).toBe(100);
  expect(backoff(2, retry, 0.5)).toBe(150);
});

it("gives up after about half a minute by default", () => {
  let total = 0;
  for (let failures = 1; failures < defaultRetry.attempts; failures++) {
    total += backoff(failures, defaultRetry, 0.5);
  }
  expect(total).toBeGreaterThan(15_000);
  expect(total).toBeLessThan(40_000);
});
