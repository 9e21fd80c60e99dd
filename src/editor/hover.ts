/** What a label says on hover: what, how sure, by which model, and what can be done. */
import { Hover, MarkdownString, Range } from "vscode";
import type { HoverProvider, Position, TextDocument } from "vscode";
import type { Annotation } from "../labels/annotation";
import type { Catalog } from "./catalog";
import { excerpt, percent } from "./describe";
import type { Sessions } from "./sessions";
import { annotationsAt, proposalsAt } from "./targets";

/** The only commands a hover may run. */
const LINKED = ["glossator.agree", "glossator.accept", "glossator.reject", "glossator.relabel", "glossator.remove"];

function link(title: string, command: string, id: string): string {
  return `[${title}](command:${command}?${encodeURIComponent(JSON.stringify([id]))})`;
}

function links({ id, status, task }: Annotation): string {
  const all =
    status === "suggested"
      ? [link("Accept", "glossator.accept", id), link("Reject", "glossator.reject", id)]
      : [link("Remove", "glossator.remove", id)];
  if (status === "stale") all.unshift(link("Agree: it is this", "glossator.agree", id));
  else if (task !== "answers") all.push(link("Relabel…", "glossator.relabel", id));
  return all.join(" · ");
}

/** Hovers of all labels; made when asked for, so that drawing stays cheap. */
export class LabelHovers implements HoverProvider {
  constructor(
    private readonly sessions: Sessions,
    private readonly catalog: Catalog,
  ) {}

  provideHover(document: TextDocument, position: Position): Hover | undefined {
    const labels = this.sessions.get(document)?.labels;
    if (labels === undefined) return undefined;
    const offset = document.offsetAt(position);
    const found = [...annotationsAt(labels, offset), ...proposalsAt(labels, offset)];
    const first = found[0];
    if (first === undefined) return undefined;
    const { start, end } = first.proposal ?? first.span;
    const range = new Range(document.positionAt(start), document.positionAt(end));
    return new Hover(
      found.map((item) => this.#say(item, document)),
      range,
    );
  }

  #say(annotation: Annotation, document: TextDocument): MarkdownString {
    const { label, task, score, model, status, author, question, quote } = annotation;
    const text = new MarkdownString();
    text.isTrusted = { enabledCommands: LINKED };
    text.appendMarkdown("**").appendText(label).appendMarkdown("** · ").appendText(task);
    if (score !== undefined) text.appendText(` · ${percent(score)}`);
    text.appendText(status === "suggested" ? " · suggested" : ` · decided by ${author ?? "you"}`);
    if (status === "stale")
      text.appendMarkdown("\n\n").appendText("The text changed outside the editor. The label was on:");
    text.appendMarkdown("\n\n").appendText(excerpt(quote.exact, 120));
    if (question !== undefined) text.appendMarkdown("\n\n").appendText(`Question: ${question}`);
    const guideline = this.catalog.find(task, label, document.uri)?.guideline;
    if (guideline !== undefined) text.appendMarkdown("\n\n").appendText(guideline);
    if (model !== undefined)
      text.appendMarkdown("\n\n").appendText(`Model ${model.name}, version ${model.version.slice(0, 12)}`);
    return text.appendMarkdown(`\n\n${links(annotation)}`);
  }
}
