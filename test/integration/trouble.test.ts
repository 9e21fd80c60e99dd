import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFile, chmod, mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { window } from "vscode";
import { Journal } from "../../src/labels/log/journal";
import { encodeLine } from "../../src/labels/log/line";
import { readLog } from "../../src/labels/log/read-log";
import { DocumentLabels } from "../../src/labels/store";
import { TEXT, api, closeAll, folder, labelOn, logged, run, showFile, until } from "./helpers";

type Message = (message: string, ...items: string[]) => Thenable<string | undefined>;
type Kind = "showWarningMessage" | "showErrorMessage";

/** Answers messages in place of a person, who could not be asked here; gives back what was said. */
function answering(
  kind: Kind,
  answer: (items: readonly string[]) => Promise<string | undefined>,
): {
  readonly said: string[];
  readonly stop: () => void;
} {
  const messages = window as unknown as Record<Kind, Message>;
  const real = messages[kind];
  const said: string[] = [];
  messages[kind] = (message, ...items) => {
    said.push(message);
    return answer(items);
  };
  return { said, stop: () => void (messages[kind] = real) };
}

/** Makes a folder read-only, for root too; gives back how to end it. What is tried last works everywhere: a file in its place. */
async function readOnly(target: string): Promise<() => Promise<void>> {
  await mkdir(target, { recursive: true });
  if (process.getuid?.() !== 0) {
    await chmod(target, 0o555);
    return () => chmod(target, 0o755);
  }
  const mount = (...args: string[]): boolean => spawnSync("mount", args).status === 0;
  if (mount("--bind", target, target)) {
    if (mount("-o", "remount,bind,ro", target)) return () => Promise.resolve(void spawnSync("umount", [target]));
    spawnSync("umount", [target]);
  }
  const aside = `${target}.aside`;
  await rename(target, aside);
  await writeFile(target, "");
  return async () => {
    await rename(target, `${target}.gone`);
    await rename(aside, target);
  };
}

describe("a log in trouble", () => {
  const root = (): string => path.join(folder().fsPath, ".glossator");
  afterEach(closeAll);

  it("with a torn line: says which, shows all that is whole, and goes on after it", async () => {
    const name = "torn.txt";
    // An editor may keep a document open after its tab is closed, so the log is there before the document is first seen.
    const other = await showFile(TEXT);
    await run("accept", (await labelOn(other, "Paris"))?.id);
    const [first] = await logged(other);
    assert.ok(first);
    const journal = new Journal(root(), name, first.author);
    const start = TEXT.indexOf("Paris");
    const labels = new DocumentLabels({ text: TEXT, author: first.author, sink: journal });
    await labels.add("entities", { start, end: start + 5 }, "LOC").saved;
    await appendFile(journal.path, encodeLine(first).slice(0, 60));
    const told = answering("showWarningMessage", () => Promise.resolve(undefined));
    try {
      const shown = await showFile(TEXT, name);
      assert.equal((await labelOn(shown, "Paris"))?.status, "accepted");
      const message = await until("the warning", () => told.said.find((text) => text.includes("could not be read")));
      assert.ok(message.includes(path.basename(journal.path)) && message.includes("line 2"), message);
      await run("accept", (await labelOn(shown, "Angela Merkel"))?.id);
      await (await api()).written(shown.uri);
      const { events, issues } = await readLog(path.join(folder().fsPath, ".glossator"), journal.path);
      assert.deepEqual(
        events.map(({ kind }) => kind),
        ["added", "accepted", "reviewed", "reviewed"],
      );
      assert.deepEqual(
        issues.map(({ line, kind }) => [line, kind]),
        [[2, "torn"]],
      );
    } finally {
      told.stop();
    }
  });

  it("in a read-only workspace: offers to keep decisions elsewhere, and finds them there later", async () => {
    const name = "kept-elsewhere.txt";
    const shown = await showFile(TEXT, name);
    const end = await readOnly(root());
    const asked = answering("showErrorMessage", (items) =>
      Promise.resolve(items.find((item) => item.startsWith("Keep"))),
    );
    try {
      await run("accept", (await labelOn(shown, "Paris"))?.id);
      await until("another place", async () => !(await api()).logFile(shown.uri)!.startsWith(root()));
      assert.match(asked.said[0] ?? "", /kept in memory/);
      assert.deepEqual(
        (await logged(shown)).map(({ kind }) => kind),
        ["accepted"],
      );
    } finally {
      asked.stop();
      await end();
    }
    await closeAll();
    const again = await showFile(TEXT, name);
    assert.equal((await labelOn(again, "Paris"))?.status, "accepted");
  });

  it("in a read-only workspace: Retry writes what waited once it can be written", async () => {
    const shown = await showFile(TEXT, "retried.txt");
    const end = await readOnly(root());
    const state = { ended: false };
    const asked = answering("showErrorMessage", async (items) => {
      if (!state.ended) await end();
      state.ended = true;
      return items.find((item) => item === "Retry");
    });
    try {
      await run("accept", (await labelOn(shown, "Paris"))?.id);
      await until("the question", () => state.ended);
      assert.equal((await labelOn(shown, "Paris"))?.status, "accepted");
      assert.deepEqual(
        (await logged(shown)).map(({ kind }) => kind),
        ["accepted"],
      );
      assert.ok((await api()).logFile(shown.uri)!.startsWith(root()));
    } finally {
      asked.stop();
      if (!state.ended) await end();
    }
  });
});
