import assert from "node:assert/strict";
import { listsExactSums } from "../../src/model/network/processor";

describe("a processor", () => {
  it("adds up products of eight bits exactly where Linux lists VNNI or AMX among its flags", () => {
    const info = (flags: string, model = "Some CPU"): string =>
      `processor\t: 0\nmodel name\t: ${model}\nflags\t\t: fpu vme ${flags} sse2\nbugs\t\t: none\n\nprocessor\t: 1\n`;
    for (const flag of ["avx512_vnni", "avx_vnni", "amx_int8"]) assert.ok(listsExactSums(info(flag)), flag);
    assert.ok(!listsExactSums(info("avx2 avx512f avx_vnni_int8x")));
    assert.ok(!listsExactSums(info("avx2", "A name with avx_vnni in it")));
    assert.ok(!listsExactSums(""));
  });
});
