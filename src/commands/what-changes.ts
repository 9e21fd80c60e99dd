/** `glossator teach --what-changes`: what a version says otherwise of a workspace's text files. */
import { join } from "node:path";
import { textFiles } from "../datasets/workspace/text-files";
import { walkWorkspace, whyUnreadable } from "../datasets/workspace/walk";
import { isOfDocument, LABEL_TASKS } from "../documents/tasks";
import type { EngineInfo } from "../engine/protocol";
import { MINIMUM_CONFIDENCE } from "../labels/shown";
import { counted } from "../text/counted";
import { layoutOf } from "../text/document";
import { append } from "../text/grouped";
import { readsText } from "../text/language";
import { languageSample } from "../text/language-sample";
import { changesOf, sideOf } from "../training/changes";
import type { ComparedText, PlacedChange } from "../training/changes";
import { changeText } from "../training/report";
import type { Version, Versions } from "../training/versions";
import { VersionError } from "../training/versions";
import { withEngine } from "./engine";
import { EXIT } from "./exit";
import { jsonLine } from "./json";
import type { Places } from "./options";
import { excerpt, table } from "./tables";
import type { Terminal } from "./terminal";

/** Two models; undefined stands for the model as it came. */
interface ComparedVersions {
  readonly before: Version | undefined;
  readonly after: Version;
}

/** A version beside what is in use, or, if it is that itself, beside what it was taught from. @throws {VersionError} if there is none of this name. */
export async function comparedVersions(versions: Versions, id: string): Promise<ComparedVersions> {
  const after = (await versions.list()).find((version) => version.id === id);
  if (after === undefined) throw new VersionError(`There is no version ${id}: --versions lists them.`);
  const active = await versions.active();
  return { after, before: active?.id === id ? await versions.parentOf(after) : active };
}

/** Compares two models over the text files of a workspace, and lists what differs. Both run on the CPU: what differs is their doing. */
export async function tellChanges(
  {
    workspace,
    modelFolder,
    before,
    after,
  }: ComparedVersions & { readonly workspace: string; readonly modelFolder: string },
  { threads, json }: { readonly threads: number; readonly json?: boolean },
  places: Places,
  terminal: Terminal,
): Promise<number> {
  const { signal } = terminal;
  const left: { document: string; reason: string }[] = [];
  const changes: PlacedChange[] = [];
  let documents = 0;
  const options = (folder: string) => ({ model: [folder], device: "cpu" as const, threads });
  await withEngine(options(before?.folder ?? modelFolder), places, terminal, (had) =>
    withEngine(options(after.folder), places, terminal, async (has) => {
      const root = join(workspace, ".glossator");
      const sides = await Promise.all([had, has].map(({ client, info }) => sideOf(root, client, info)));
      const texts = textsOf(workspace, had.info, left, signal);
      const compared = changesOf(texts, sides[0]!, sides[1]!, {
        signal,
        least: () => ({ minimumConfidence: MINIMUM_CONFIDENCE }),
        onProgress: ({ path, done, total }) => terminal.progress(`${path}: ${done} of ${total} sentences compared`),
      });
      for await (const { path, changes: found, unread } of compared) {
        documents++;
        append(changes, found);
        if (unread > 0)
          left.push({ document: path, reason: `${counted(unread, "sentence")} stopped the model process` });
      }
    }),
  );
  terminal.clear();
  if (json) {
    const result = { before: before?.id ?? null, after: after.id, documents, changes, left };
    for (const piece of jsonLine(result)) await terminal.write(piece);
    return EXIT.ok;
  }
  const rows = changes.map((change) => [
    ...[`${change.path}:${change.at}`, excerpt(change.exact), changeText(change), change.task],
  ]);
  if (rows.length > 0) await terminal.write(table(["where", "text", "before → after", "task"], rows));
  terminal.say(`${counted(changes.length, "prediction")} of ${counted(documents, "document")} would be others.`);
  for (const { document, reason } of left) terminal.say(`${document} was not compared: ${reason}`);
  return EXIT.ok;
}

async function* textsOf(
  workspace: string,
  { tasks, languages }: EngineInfo,
  left: { document: string; reason: string }[],
  signal: AbortSignal,
): AsyncGenerator<ComparedText> {
  const files: string[] = [];
  for await (const file of textFiles(workspace, signal)) files.push(file);
  for await (const { document, read } of walkWorkspace({ workspace, documents: files, signal })) {
    let text: string;
    try {
      text = await read();
    } catch (error) {
      left.push({ document, reason: whyUnreadable(error) });
      continue;
    }
    const able = LABEL_TASKS.filter((task) => tasks.includes(task) && !isOfDocument(task));
    const languageId = layoutOf(document);
    const sample = languageSample(text, languageId);
    const reading = able.filter((task) => readsText(languages?.[task], sample));
    if (reading.length > 0) yield { path: document, text, languageId, tasks: reading };
    else if (able.length > 0) left.push({ document, reason: "the model does not read its language" });
  }
}
