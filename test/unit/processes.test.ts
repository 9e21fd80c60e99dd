import assert from "node:assert/strict";
import { startable } from "../../scripts/lib/processes.mjs";

describe("how a command is started", () => {
  it("is as it stands, but for command files on Windows, which need a shell", () => {
    const args = ["ci", "C:\\My Work\\a", 'say "x"'];
    assert.deepEqual(startable("npm", args, "linux"), { command: "npm", args, shell: false });
    assert.deepEqual(startable("node.exe", args, "win32"), { command: "node.exe", args, shell: false });
    assert.deepEqual(startable("C:\\Program Files\\VS Code\\bin\\code.cmd", args, "win32"), {
      command: '"C:\\Program Files\\VS Code\\bin\\code.cmd"',
      args: ["ci", '"C:\\My Work\\a"', '"say ""x"""'],
      shell: true,
    });
  });
});
