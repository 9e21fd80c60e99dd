import assert from "node:assert/strict";
import { ConfigurationTarget, commands, workspace } from "vscode";
import type { WorkSummary } from "../../../src/datasets/workspace/work";
import { TEXT, api, labelOn, run, showFile, until } from "../helpers";

describe("the model in an untrusted workspace", () => {
  it("is not taught by its decisions", async () => {
    assert.equal(await run("teachModel", { settings: { steps: 1 } }), undefined);
    assert.ok(!/taught/.test((await api()).status()?.says ?? ""));
  });

  it("reads no file that is not open, whatever anybody asks for", async () => {
    await commands.executeCommand("glossator.reviewQueue.focus");
    await run("queueAllFiles");
    try {
      const shown = await showFile(TEXT);
      await until("the queue", async () => (await api()).queue().rows.length > 0);
      const { rows, reading } = (await api()).queue();
      assert.deepEqual(reading, { state: "untrusted", done: 0, total: 0, left: 0, more: false });
      const name = shown.uri.path.split("/").at(-1)!;
      assert.ok(rows.every(({ description }) => description.includes(name)));
    } finally {
      await run("queueOpenDocuments");
    }
  });

  it("counts decisions, and looks at no file without any", async () => {
    await showFile(TEXT, "not-decided.txt");
    const summary = (await run("showDatasetSummary")) as WorkSummary;
    assert.equal(summary.progress, undefined);
    assert.ok(summary.documents.every(({ path }) => path !== "not-decided.txt"));
    assert.equal(await run("openNextUnreviewedFile"), undefined);
  });

  it("is the built-in one, whatever the workspace's settings say", async () => {
    const settings = workspace.getConfiguration("glossator");
    await settings.update("model", "some/model", ConfigurationTarget.Workspace);
    await settings.update("models", ["some/model", "other/model"], ConfigurationTarget.Workspace);
    try {
      const shown = await showFile(TEXT);
      const tests = await api();
      await until("the engine", () => tests.engine().state === "ready");
      assert.match(tests.engine().info?.model ?? "", /^glossator-minilm/);
      assert.equal((await labelOn(shown, "Angela Merkel"))?.label, "PER");
    } finally {
      await settings.update("model", undefined, ConfigurationTarget.Workspace);
      await settings.update("models", undefined, ConfigurationTarget.Workspace);
    }
  });
});
