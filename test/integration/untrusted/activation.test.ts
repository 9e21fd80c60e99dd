import assert from "node:assert/strict";
import { extensions, workspace } from "vscode";

describe("an untrusted workspace", () => {
  it("is not trusted", () => {
    assert.equal(workspace.isTrusted, false);
  });

  it("still activates the extension", async () => {
    const extension = extensions.getExtension("glossator.glossator");
    assert.ok(extension, "glossator.glossator is disabled: the manifest has to support untrusted workspaces");
    await extension.activate();
    assert.equal(extension.isActive, true);
  });
});
