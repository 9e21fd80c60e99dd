/** Repositories as somebody who means harm would make them, one per hole. What they are after lies beside them, outside the workspace. */
import { execFileSync } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import type { DecisionEvent } from "../../src/labels/events";
import { encodeLine } from "../../src/labels/log/line";
import { makeQuote } from "../../src/text/anchors";

/** What the private file holds, and nothing else may. */
export const BAIT = "PRIVATE-KEY-OF-THE-USER";

/** The name that the user signs with, as an attacker who knows it. */
export const ANNOTATOR = "ann";

/** The name that the workspace's settings give instead. */
export const IMPOSED = "eve";

/** Ends the string of a style sheet, and asks for an image. */
export const styleLabel = (port: number): string => `x\f;content:url(https://127.0.0.1:${port}/style)`;

/** A link in a message; the command opens a terminal. */
export const LINK = "[Click](command:workbench.action.terminal.new)";

const TEXT = "Ada wrote a letter to Bob in Paris.\n";

function added(label: string, exact: string, number: number): DecisionEvent {
  const start = TEXT.indexOf(exact);
  const span = start < 0 ? { start: 0, end: exact.length } : { start, end: start + exact.length };
  const quote = start < 0 ? { exact, prefix: "", suffix: "" } : makeQuote(TEXT, span);
  const id = `0000000000000000000000000${number}`;
  return {
    ...{ v: 1, kind: "added", id, act: id, time: "2026-01-01T00:00:00.000Z", author: ANNOTATOR, unit: "utf16" },
    ...{ task: "entities", annotation: `a${number}`, new: { label, span, quote } },
  };
}

/** Makes them all. @param top an empty folder. @returns the file of a workspace that has each as a folder, and what lies outside. */
export async function makeRepositories(
  top: string,
  port: number,
): Promise<{ readonly workspaceFile: string; readonly repositories: string; readonly outside: string }> {
  const repositories = path.join(top, "repositories");
  const outside = path.join(top, "outside");
  const bait = path.join(outside, "bait.txt");
  const folders: string[] = [];
  await mkdir(path.join(outside, "empty"), { recursive: true });
  await writeFile(bait, `${BAIT}\n`);

  /** A repository with one document of its name; gives the folder of the document's log. */
  const repository = async (name: string): Promise<{ readonly root: string; readonly log: string }> => {
    const folder = path.join(repositories, name);
    folders.push(folder);
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, `${name}.txt`), TEXT);
    const root = path.join(folder, ".glossator");
    return { root, log: path.join(root, "log", `${name}.txt`) };
  };
  const put = async (file: string, content: string): Promise<void> => {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  };
  const link = async (target: string, name: string): Promise<void> => {
    await mkdir(path.dirname(name), { recursive: true });
    await symlink(target, name);
  };
  const pipe = async (name: string): Promise<void> => {
    await mkdir(path.dirname(name), { recursive: true });
    execFileSync("mkfifo", [name]);
  };

  const before = await repository("before");
  for (const name of [ANNOTATOR, IMPOSED]) {
    await link(bait, path.join(before.log, `${name}.jsonl.before`));
    await put(path.join(before.log, `${name}.jsonl`), encodeLine(added("PER", "Ada", 1)));
  }
  await link(bait, path.join((await repository("logfile")).log, `${ANNOTATOR}.jsonl`));
  await link(path.join(outside, "empty"), (await repository("logfolder")).log);
  await link(path.join(outside, "empty"), (await repository("dotfolder")).root);
  await link(bait, path.join((await repository("labelsfile")).root, "labels.json"));
  await link("/dev/zero", path.join((await repository("device")).root, "labels.json"));
  const pipes = await repository("pipes");
  await pipe(path.join(pipes.root, "labels.json"));
  await pipe(path.join(pipes.log, `${ANNOTATOR}.jsonl.before`));
  await put(path.join(pipes.log, `${ANNOTATOR}.jsonl`), encodeLine(added("PIPED", "Ada", 1)));

  const style = await repository("style");
  const name = styleLabel(port);
  await put(path.join(style.log, `${ANNOTATOR}.jsonl`), encodeLine(added(name, "Ada", 1)));
  await put(
    path.join(style.root, "labels.json"),
    JSON.stringify({
      entities: [{ id: 0, name: "PER" }],
      sentiment: [{ id: 0, name: `'${name}`.replace("\f", "\\c ") }],
    }),
  );

  const message = await repository("message");
  const lines = [added(LINK, "Bob", 1), added(LINK, "Grace Hopper", 2)].map(encodeLine);
  await put(path.join(message.log, `${ANNOTATOR}.jsonl`), lines.join(""));
  await put(path.join(message.root, "labels.json"), JSON.stringify({ [LINK]: [] }));

  const workspaceFile = path.join(top, "hostile.code-workspace");
  const settings = {
    "glossator.annotator": IMPOSED,
    "glossator.model": path.join(outside, "model"),
    "glossator.python": path.join(outside, "python"),
    "glossator.answers.index": "onOpen",
  };
  await writeFile(workspaceFile, JSON.stringify({ folders: folders.map((folder) => ({ path: folder })), settings }));
  return { workspaceFile, repositories, outside };
}
