/** Runs inside the extension host, as the integration suite does, and writes what it measured to the file GLOSSATOR_BENCH names. */
import { readFile, writeFile } from "node:fs/promises";
import { ConfigurationTarget, Uri, extensions, window, workspace } from "vscode";
import type { TextEditor } from "vscode";
import type { TestApi } from "../../src/editor/test-api";
import type { HostFigures, HostOrder } from "./figures";

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for a condition. @throws Error naming what did not come in a minute. */
async function until<T>(what: string, get: () => T | undefined): Promise<T> {
  for (const end = Date.now() + 60_000; Date.now() < end;) {
    const value = get();
    if (value !== undefined) return value;
    await pause(2);
  }
  throw new Error(`${what} did not come within a minute`);
}

async function show(path: string): Promise<TextEditor> {
  return window.showTextDocument(await workspace.openTextDocument(Uri.file(path)));
}

/** Entry point of `--extensionTestsPath`. */
export async function run(): Promise<void> {
  const file = process.env["GLOSSATOR_BENCH"];
  if (file === undefined) throw new Error("GLOSSATOR_BENCH does not name a file.");
  const order = JSON.parse(await readFile(file, "utf8")) as HostOrder;
  const api = await extensions.getExtension<TestApi | undefined>("glossator.glossator")?.activate();
  if (api === undefined) throw new Error("activate() returned no test interface");

  const editor = await show(order.megabyte);
  const { uri } = editor.document;
  await until("the first label", () => (Object.keys(api.drawn(uri)).length > 0 ? true : undefined));
  await pause(order.settleMs);
  const latencies: number[] = [];
  for (let i = 0; i < order.edits; i++) {
    const before = api.latencyMs(uri);
    const line = editor.document.lineAt(i % 10);
    const at = line.range.start.translate(0, Math.floor(line.text.length / 2));
    await editor.edit((edit) => edit.insert(at, "x"));
    latencies.push(
      await until("the labels of an edit", () => {
        const now = api.latencyMs(uri);
        return now === before ? undefined : now;
      }),
    );
    await pause(600);
  }
  /** Opens a long document, shows it, and gives the longest block from when it is shown. */
  const blocked = async (path: string): Promise<{ readonly shown: TextEditor; readonly ms: number }> => {
    const long = await workspace.openTextDocument(Uri.file(path));
    await pause(1000);
    api.longestBlockMs();
    const shown = await window.showTextDocument(long);
    await pause(order.longSeconds * 1000);
    return { shown, ms: api.longestBlockMs() };
  };
  const figures = async (): Promise<HostFigures> => {
    const settings = workspace.getConfiguration("glossator");
    await settings.update("enabled", false, ConfigurationTarget.Global);
    const editor = await blocked(order.tenMegabytesAgain);
    await settings.update("enabled", undefined, ConfigurationTarget.Global);
    const { shown, ms } = await blocked(order.tenMegabytes);
    return {
      activationMs: api.activationMs,
      latencies,
      longestBlockMs: ms,
      editorBlockMs: editor.ms,
      status: api.status()?.says ?? "",
      drawn: Object.keys(api.drawn(shown.document.uri)).length > 0,
    };
  };
  await writeFile(file, JSON.stringify(await figures()));
  console.log(`${process.env["GLOSSATOR_TEST_MARK"] ?? ""}bench: measured in the extension host`);
}
