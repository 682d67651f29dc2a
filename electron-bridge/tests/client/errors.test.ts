import { describe, expect, it } from "vitest";
import { SidecarError } from "../../src/client/index.ts";

describe("SidecarError", () => {
  it("is rebuilt from the wire", () => {
    const error = SidecarError.fromWire({
      code: -32000,
      message: "name is empty",
      data: { code: "E_VALIDATION", hint: "Give a name.", index: 1, path: "/args/name" },
    });
    expect(error).toMatchObject({
      name: "SidecarError",
      message: "name is empty",
      code: "E_VALIDATION",
      number: -32000,
      hint: "Give a name.",
      data: { index: 1, path: "/args/name" },
    });
    expect(error).toBeInstanceOf(Error);
  });

  it("keeps the code of a newer server, and does not trust the form of what it gets", () => {
    const newer = { code: -32050, message: "x", data: { code: "E_NEW", hint: null } };
    expect(SidecarError.fromWire(newer)).toMatchObject({ code: "E_NEW", hint: undefined });
    expect(SidecarError.fromWire({}).code).toBe("E_INTERNAL");
    expect(SidecarError.fromWire("nonsense").code).toBe("E_PROTOCOL");
  });

  it("is told from other errors, and by its code", () => {
    const error: unknown = new SidecarError("E_CONFLICT", "stale");
    expect(SidecarError.is(error)).toBe(true);
    expect(SidecarError.is(error, "E_CONFLICT")).toBe(true);
    expect(SidecarError.is(error, "E_QUERY")).toBe(false);
    expect(SidecarError.is(new Error("x"))).toBe(false);
  });
});
