/** Commands that measure agreement, and that go through disagreements and settle them. */
import { l10n, ProgressLocation, window, workspace } from "vscode";
import type { WorkspaceFolder } from "vscode";
import { isClassTask, isLabelTask, isQuestionTask } from "../../documents/tasks";
import { agreementOf } from "../../labels/agreement/agreement";
import type { Agreement } from "../../labels/agreement/agreement";
import { ANSWER_LABEL } from "../../labels/annotation";
import type { PlacedLabel } from "../../labels/annotation";
import { LabelsError } from "../../labels/contract";
import { disagreementsOf } from "../../labels/agreement/disagreements";
import type { Disagreement } from "../../labels/agreement/disagreements";
import { AgreementPanel } from "../../views/agreement-panel";
import { plural } from "../../text/counted";
import { shownName } from "../../text/shown";
import type { CommandTable } from "../base/command-table";
import type { Parts } from "./parts";
import { excerpt, taskInWords } from "../base/describe";
import { sayVersions } from "../documents/disagreements";
import type { Disagreements, Queued } from "../documents/disagreements";
import { sayInStatus, showInformation } from "../base/messages";
import { chooseLabel } from "./pick-label";
import { pickByKey, pickOne } from "../base/picks";
import type { Choice as PickChoice } from "../base/picks";
import { trimSpan } from "../base/resize";
import { front, selected } from "../documents/targets";
import type { Front } from "../documents/targets";
import { withCancel } from "../base/with-cancel";

async function pickFolder(): Promise<WorkspaceFolder> {
  const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
  if (folders.length === 0)
    throw new LabelsError(l10n.t("Open a folder first: agreement is measured over its documents."));
  const picked = folders.length > 1 ? await window.showWorkspaceFolderPick() : folders[0];
  if (picked === undefined) throw new LabelsError(l10n.t("No folder was chosen."));
  return picked;
}

/** What a choice means: labels, and whose they are if they are taken as they are. */
interface Verdict {
  readonly labels: readonly PlacedLabel[];
  readonly chosen?: string;
}

type Choice = PickChoice & { readonly key: string; readonly choose: () => Promise<Verdict | undefined> };

/** The commands. */
export function agreementCommands({ catalog, sessions }: Parts, queue: Disagreements): CommandTable {
  const panel = new AgreementPanel();
  const scan = async (): Promise<Agreement> => {
    const folder = await pickFolder();
    const location = ProgressLocation.Notification;
    return withCancel({ location, title: l10n.t("Comparing annotators") }, async (progress, signal) => {
      const { documents, issues, unreadable } = await queue.scan(
        folder,
        ({ done, total, item }) => progress.report({ message: l10n.t("{0} of {1}, {2}", done, total, item) }),
        signal,
      );
      const agreement = agreementOf(documents);
      panel.update(agreement, documents.flatMap(disagreementsOf), { unreadable, skipped: issues.length });
      return agreement;
    });
  };

  const none = (): LabelsError => {
    queue.leave();
    return new LabelsError(l10n.t("There is no disagreement to settle: nobody differs, or all is settled."));
  };
  const step = async (by: 1 | -1): Promise<Disagreement> => {
    if (!queue.scanned) await scan();
    const editor = window.activeTextEditor;
    const session = editor && sessions.get(editor.document);
    if (editor && session?.labels && workspace.getWorkspaceFolder(editor.document.uri))
      await queue.refresh({ editor, session, labels: session.labels });
    const from = editor && { uri: editor.document.uri, offset: selected(editor).start };
    // What was settled since by somebody else is passed over; each try compares its document anew, so this ends.
    for (let next = queue.next(from, by); next !== undefined; next = queue.next(from, by)) {
      const reached = await queue.goTo(next);
      if (reached !== undefined) return reached.disagreement;
    }
    throw none();
  };
  /** The one under the cursor, as it is now. */
  const current = async (): Promise<Queued & { readonly at: Front }> => {
    const at = front(sessions);
    const here = await queue.under(at);
    if (here === undefined)
      throw new LabelsError(l10n.t("There is no disagreement at the cursor. Go to one with Go to Next Disagreement."));
    return { ...here, at };
  };

  const settle = async ({ at, disagreement }: Queued & { readonly at: Front }, verdict: Verdict): Promise<void> => {
    const { task, region, question, versions } = disagreement;
    const of = question === undefined ? {} : { question };
    const act = at.labels.adjudicate({ task, region, versions, ...of, ...verdict });
    act.saved.catch(() => undefined);
    await queue.refresh(at);
    const said = verdict.labels.map(({ label }) => shownName(label)).join(", ") || l10n.t("nothing");
    sayInStatus(l10n.t("settled as {0}; {1} left", said, queue.open.length), 6000);
    const next = queue.next({ uri: at.editor.document.uri, offset: region.start }, 1);
    if (next === undefined) {
      queue.leave();
      void showInformation(l10n.t("All disagreements are settled."));
    } else await queue.goTo(next);
  };
  const take = async (mine: boolean): Promise<void> => {
    const here = await current();
    const { versions } = here.disagreement;
    const others = versions.filter(({ author }) => (author === here.at.labels.author) === mine);
    if (others.length === 0)
      throw new LabelsError(mine ? l10n.t("You decided nothing here.") : l10n.t("Nobody else decided anything here."));
    if (others.length > 1)
      throw new LabelsError(l10n.t("{0} others decided here: choose one with Settle Disagreement…", others.length));
    await settle(here, { labels: others[0]!.labels, chosen: others[0]!.author });
  };

  const third = async (
    { at, disagreement }: Queued & { readonly at: Front },
    label?: unknown,
  ): Promise<Verdict | undefined> => {
    const { task, region, versions } = disagreement;
    const marked = trimSpan(at.session.text, selected(at.editor));
    if (!isLabelTask(task)) {
      if (marked === undefined) throw new LabelsError(l10n.t("Select the answer first."));
      return { labels: [{ ...marked, label: ANSWER_LABEL }] };
    }
    const own = versions.find(({ author }) => author === at.labels.author) ?? versions[0];
    const whole = marked?.start === region.start && marked.end === region.end;
    // What is selected is the disputed text itself, unless the user selected something else.
    const span = isClassTask(task) || marked === undefined ? region : whole ? (own?.labels[0] ?? region) : marked;
    const title = l10n.t('Label of "{0}"', excerpt(at.session.text.slice(span.start, span.end), 40));
    const { uri } = at.editor.document;
    const chosen = await chooseLabel(catalog, [task], uri, label, title);
    return chosen && { labels: [{ start: span.start, end: span.end, label: chosen.label }] };
  };

  const choose = async (here: Queued & { readonly at: Front }): Promise<Verdict | undefined> => {
    const { disagreement, at } = here;
    const { task, versions } = disagreement;
    const mineFirst = [...versions].sort(
      (a, b) => Number(b.author === at.labels.author) - Number(a.author === at.labels.author),
    );
    const items = mineFirst.map(({ author, labels }, index): Choice => {
      const said = sayVersions({ ...disagreement, versions: [{ author, labels }] }, at.session.text);
      const own = author === at.labels.author ? { description: l10n.t("yours") } : {};
      const verdict = { labels, chosen: author };
      return { key: String(index + 1), label: `${index + 1}  ${said}`, ...own, choose: () => Promise.resolve(verdict) };
    });
    const asked = isQuestionTask(task);
    const other = asked ? l10n.t("Use the selection as the answer") : l10n.t("Another label…");
    items.push({ key: "o", label: ["o", other].join("  "), choose: () => third(here) });
    if (versions.every(({ labels }) => labels.length > 0) && !isClassTask(task)) {
      const nothing = asked ? l10n.t("No answer") : l10n.t("No label");
      items.push({ key: "0", label: ["0", nothing].join("  "), choose: () => Promise.resolve({ labels: [] }) });
    }
    const { question, region } = disagreement;
    const about = excerpt(question ?? at.session.text.slice(region.start, region.end), 60);
    return pick(items, l10n.t("Settle: {0}", about));
  };

  const list = async (): Promise<void> => {
    if (!queue.scanned) await scan();
    const { open } = queue;
    if (open.length === 0) throw none();
    const items = open.map((queued) => {
      const { document, task, question, versions, outdated } = queued.disagreement;
      const who = versions.map(({ author, labels }) =>
        l10n.t(
          "{0}: {1}",
          shownName(author),
          labels.map(({ label }) => shownName(label)).join(", ") || l10n.t("nothing"),
        ),
      );
      const what = taskInWords(task);
      const description = outdated === undefined ? what : l10n.t("{0}, changed since it was settled", what);
      return { label: question ?? document, description, detail: who.join(" · "), queued };
    });
    const title = plural(
      open.length,
      l10n.t("1 disagreement to settle"),
      l10n.t("{0} disagreements to settle", open.length),
    );
    const chosen = await pickOne(items, { title, matchOnDescription: true, matchOnDetail: true });
    if (chosen !== undefined && (await queue.goTo(chosen.queued)) === undefined)
      throw new LabelsError(l10n.t("This disagreement is settled by now."));
  };

  return {
    showAgreement: async () => {
      const agreement = await scan();
      panel.show();
      return agreement;
    },
    showDisagreements: list,
    nextDisagreement: () => step(1),
    previousDisagreement: () => step(-1),
    takeMine: () => take(true),
    takeTheirs: () => take(false),
    adjudicateAs: async (label) => {
      const here = await current();
      const verdict = await third(here, label);
      if (verdict !== undefined) await settle(here, verdict);
    },
    adjudicate: async () => {
      const here = await current();
      const verdict = await choose(here);
      if (verdict !== undefined) await settle(here, verdict);
    },
  };
}

/** A list in which a key alone chooses. Undefined if the user leaves. */
async function pick(items: readonly Choice[], title: string): Promise<Verdict | undefined> {
  const placeHolder = l10n.t("Press a key of the list, or choose");
  const chosen = await pickByKey(items, { title, placeHolder }, (typed) => items.find(({ key }) => key === typed));
  return chosen?.choose();
}
