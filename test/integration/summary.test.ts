/** Show Dataset Summary and Open Next Unreviewed File. */
import assert from "node:assert/strict";
import { window, workspace } from "vscode";
import type { WorkSummary } from "../../src/datasets/workspace/work";
import { api, closeAll, folder, labelOn, run, showFile, TEXT } from "./helpers";

const front = (): string => workspace.asRelativePath(window.activeTextEditor?.document.uri ?? "none", false);
const summary = async (): Promise<WorkSummary> => (await run("showDatasetSummary")) as WorkSummary;

describe("the dashboard", () => {
  afterEach(closeAll);

  it("has what became of suggestions, how long that took, and which files are left", async () => {
    await showFile("Nothing is decided here.", "left-1.txt");
    const before = await summary();
    const shown = await showFile(TEXT, "counted.txt");
    const paris = await labelOn(shown, "Paris");
    await run("accept", paris?.id);
    await run("reject", (await labelOn(shown, "London"))?.id);
    const after = await summary();
    const [had, has] = [before, after].map(({ suggestions }) => suggestions.entities.all);
    assert.deepEqual(
      [has!.accepted - had!.accepted, has!.spurious - had!.spurious, has!.decided - had!.decided],
      [1, 1, 2],
    );
    const bin = Math.min(9, Math.floor((paris?.score ?? 0) * 10));
    const [rights, nowRight] = [before, after].map((one) => one.suggestions.entities.confidence[bin]?.right ?? 0);
    assert.equal(nowRight! - rights!, 1);
    assert.equal(after.pace.all.decisions - before.pace.all.decisions, 2);
    const { progress } = after;
    assert.ok(progress !== undefined && progress.untouched > 0 && progress.begun > 0);
    assert.equal(after.documents.find(({ path }) => path === "counted.txt")?.rejected, 1);
  });

  it("leads to the next file that is not reviewed, and to one by its name, but to nothing else", async () => {
    const shown = await showFile(TEXT, "next-1.txt");
    await showFile(TEXT, "next-2.txt");
    await window.showTextDocument(shown.document);
    await run("acceptAllInDocument");
    await (await api()).written(shown.uri);
    assert.equal(await run("openNextUnreviewedFile"), "next-2.txt");
    assert.equal(front(), "next-2.txt");
    const all = await run("openNextUnreviewedFile");
    assert.ok(typeof all === "string" && all !== "next-1.txt" && all !== "next-2.txt", String(all));
    assert.equal(front(), all);
    assert.equal(await run("openNextUnreviewedFile", folder().toString(), "next-1.txt"), "next-1.txt");
    for (const other of ["../outside.txt", "/etc/hosts.txt", "gone.txt", ".glossator/labels.txt", "next-1.exe"])
      assert.equal(await run("openNextUnreviewedFile", folder().toString(), other), undefined, other);
    assert.equal(await run("openNextUnreviewedFile", "file:///etc", "next-1.txt"), undefined);
    assert.equal(front(), "next-1.txt");
  });
});
