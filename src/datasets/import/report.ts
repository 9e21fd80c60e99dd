/** What an import would do, or did, for people. */
import { cell, lossesMarkdown } from "../losses";
import type { Conflict } from "./conflicts";
import type { ImportPlan } from "./plan";
import { conflictsOf, previewOf, tokensKept } from "./preview";

const MOST_ROWS = 1000;

function table(heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const shown = rows.slice(0, MOST_ROWS).map((row) => `| ${row.map((value) => cell(String(value))).join(" | ")} |`);
  const rest = rows.length - shown.length;
  return [
    `| ${heads.join(" | ")} |`,
    `|${heads.map(() => "---|").join("")}`,
    ...shown,
    ...(rest > 0 ? ["", `… and ${rest} more.`] : []),
    "",
  ];
}

function side(label: string | undefined, exact: string, author: string | undefined): string {
  return `${label ?? "no label"}: ${exact}${author === undefined ? "" : ` (${author})`}`;
}

/**
 * A plan as Markdown: what it was taken for, what it would bring, conflicts side by side, losses. `settled` says what became of the
 * conflicts; `most`: losses of each kind that are listed.
 */
export function importMarkdown(
  plan: ImportPlan,
  title: string,
  settled?: (conflict: Conflict) => string,
  most: number = Number.POSITIVE_INFINITY,
): string {
  const preview = previewOf(plan);
  const conflicts = conflictsOf(plan);
  const lines = [`# ${title}`, "", `**Format:** ${cell(preview.format)} (${cell(preview.because)})`, ""];
  if (preview.unit !== undefined) lines.push(`**Unit of offsets:** ${cell(preview.unit)}`, "");
  if (preview.scheme !== undefined) lines.push(`**Scheme:** ${cell(preview.scheme)}`, "");
  lines.push(
    `${preview.added} new decisions, ${preview.same} known before, ${preview.conflicts} in conflict, ${preview.losses} not taken as they are, ` +
      `in ${preview.documents.length} documents (${preview.documents.filter(({ isNew }) => isNew).length} of them new).`,
    "",
  );
  for (const { file, columns, rows } of preview.tables) {
    const heads = columns.map(({ name, role }) => (role === undefined ? name : `${name}: ${role}`));
    lines.push(`**Columns of ${cell(file)}** (\`--columns\`, or *Choose columns…*, takes others):`, "");
    lines.push(...table(heads.map(cell), [columns.map(({ holds }) => holds), ...rows]));
  }
  for (const { task, samples } of preview.unnamed) {
    lines.push(
      `**Labels of ${task} that are numbers without names** (\`--labels\`, or the question before this, names them):`,
      "",
    );
    lines.push(...samples.map((sample) => `- ${cell(sample)}`), "");
  }
  for (const row of preview.rows) lines.push(`**Rows:** ${cell(row)}`, "");
  if (preview.reviewed !== undefined) lines.push(`**Reviewed:** ${preview.reviewed}`, "");
  const kept = tokensKept(preview);
  if (kept !== undefined) lines.push(`**Tokens:** ${kept}`, "");
  const fresh = Object.entries(preview.newLabels).filter(([, names]) => names.length > 0);
  for (const [task, names] of fresh) lines.push(`**New labels of ${task}:** ${names.map(cell).join(", ")}`, "");
  for (const said of preview.several) lines.push(`**Several classes:** ${cell(said)}`, "");
  lines.push(
    "## Labels",
    "",
    ...table(
      ["task", "label", "count"],
      preview.labels.map(({ task, label, count }) => [task, label, count]),
    ),
  );
  if (preview.relations.length > 0) {
    const rows = preview.relations.map(({ type, count }) => [type, count]);
    lines.push("## Relations", "", ...table(["type", "count"], rows));
  }
  if (conflicts.length > 0) {
    const heads = ["document", "task", "mine", "theirs", "why", ...(settled === undefined ? [] : ["settled"])];
    const rows = conflicts.map((conflict) => {
      const { document, task, mine, theirs, reason } = conflict;
      const own = mine.map(({ label, exact, author }) => side(label, exact, author)).join("; ");
      const row = [document, task, own, side(theirs.label ?? "not so", theirs.exact, theirs.author), reason];
      return settled === undefined ? row : [...row, settled(conflict)];
    });
    lines.push(`## Conflicts (${conflicts.length})`, "", ...table(heads, rows));
  }
  const documents = preview.documents.map((one) => [
    one.path,
    one.isNew ? "new" : "",
    one.added,
    one.same,
    one.conflicts,
  ]);
  lines.push("## Documents", "", ...table(["document", "", "new", "known", "conflicts"], documents));
  return `${lines.join("\n")}\n${lossesMarkdown(plan.losses, "import", most, "`glossator import --report` lists").replace(/^#/gm, "##")}`;
}
