import { describe, expect, it } from "vitest";
import { refusal } from "../../src/client/sendable.ts";

const code = (params: unknown) => refusal("commit", JSON.stringify(params))?.code;

describe("refusal", () => {
  it("takes what is well-formed", () => {
    expect(code({ text: "\u{1f331} \u0000 \\ud83c", "\\": '"{[' })).toBeUndefined();
  });

  it("refuses half an emoji, in keys too, and not its escape as text", () => {
    const half = "\u{1f331}".slice(0, 1);
    expect(code({ a: [half] })).toBe("E_VALIDATION");
    expect(code({ [half]: 1 })).toBe("E_VALIDATION");
    expect(code({ a: `\\${half}` })).toBe("E_VALIDATION");
    expect(code({ a: "\\ud83c", b: "\\\\ud83c" })).toBeUndefined();
  });

  it("refuses what is nested deeper than the server's parser goes", () => {
    const nested = (levels: number) => `${"[".repeat(levels)}"]]}}"${"]".repeat(levels)}`;
    expect(refusal("commit", nested(1000))).toBeUndefined();
    expect(refusal("commit", nested(1001))?.code).toBe("E_VALIDATION");
    expect(code({ text: '["{'.repeat(2000) })).toBeUndefined();
    expect(code(Array.from({ length: 2000 }, () => [{}]))).toBeUndefined();
  });

  it("refuses what is too large, in bytes rather than characters", () => {
    expect(code("x".repeat(40 * 1024 * 1024))).toBeUndefined();
    expect(code("é".repeat(40 * 1024 * 1024))).toBe("E_TOO_LARGE");
  });
});
