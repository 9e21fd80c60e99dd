import assert from "node:assert/strict";
import { commands, extensions, workspace } from "vscode";

interface Manifest {
  readonly contributes?: { readonly commands?: readonly { readonly command: string }[] };
}

describe("activation", () => {
  it("finds the extension in the host and activates it", async () => {
    const extension = extensions.getExtension("glossator.glossator");
    assert.ok(extension, "glossator.glossator is not installed in this host");
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it("registers every command that the manifest declares", async () => {
    const extension = extensions.getExtension("glossator.glossator");
    await extension?.activate();
    const declared = (extension?.packageJSON as Manifest).contributes?.commands?.map(({ command }) => command) ?? [];
    assert.ok(declared.length > 0, "the manifest declares no command");
    const registered = new Set(await commands.getCommands(true));
    assert.deepEqual(
      declared.filter((command) => !registered.has(command)),
      [],
    );
  });

  it("runs on a copy of the samples, in a trusted workspace", async () => {
    assert.equal(workspace.isTrusted, true);
    const folder = workspace.workspaceFolders?.[0];
    assert.ok(folder, "no folder is open");
    const names = (await workspace.fs.readDirectory(folder.uri)).map(([name]) => name);
    assert.ok(names.includes("README.md"), `no README.md among ${names.join(", ")}`);
  });
});
