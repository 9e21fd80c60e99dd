/** Texts that users read and that are written in the sources: that all of them can be translated, and that pages show translations. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import * as l10n from "@vscode/l10n";
import { ESLint, Linter } from "eslint";
import fc from "fast-check";
import ts from "typescript";
import tseslint from "typescript-eslint";
import { exportedTexts, textSources } from "../../scripts/lib/texts.mjs";
import { allowed } from "../../scripts/lib/package/contents.mjs";
import { root } from "../../scripts/lib/paths.mjs";
import { agreementOf } from "../../src/labels/agreement/agreement";
import type { AnnotatorLabels } from "../../src/labels/agreement/annotators";
import { disagreementsOf } from "../../src/labels/agreement/disagreements";
import { summarise } from "../../src/datasets/workspace/summary";
import { PaceCounter } from "../../src/labels/pace";
import { SuggestionCounter } from "../../src/labels/suggestion-counts";
import { judging } from "../../src/labels/verdicts";
import { finish } from "../../src/text/slices";
import { Decider } from "./support/decided";
import { agreementHtml } from "../../src/views/agreement-html";
import { filledHtml } from "../../src/views/page";
import { summaryBody, summaryPage } from "../../src/views/summary-page";
import { annotator } from "./support/annotator";
import { labelledDocuments } from "./support/documents";

type Bundle = Readonly<Record<string, string>>;

const folder = join(root, "l10n");
const readBundle = (name: string): Bundle => JSON.parse(readFileSync(join(folder, name), "utf8")) as Bundle;
const bundle = readBundle("bundle.l10n.json");
const placeholders = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

/** A call of `l10n.t`. */
interface Call {
  readonly place: string;
  /** Undefined where the first argument is no plain string. */
  readonly text: string | undefined;
  /** How many values follow; undefined where something else fills the places in. */
  readonly values: number | undefined;
}

function calls(file: string): Call[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const found: Call[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText() === "l10n.t") {
      const [first, ...values] = node.arguments;
      const filled = ts.isCallExpression(node.parent) && node.parent.expression.getText() === "filledHtml";
      found.push({
        place: `${relative(root, file)}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`,
        text: first !== undefined && ts.isStringLiteral(first) ? first.text : undefined,
        values: filled ? undefined : values.some(ts.isSpreadElement) ? NaN : values.length,
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

describe("texts of the editor", () => {
  it("are all in the bundle that is committed: npm run l10n", async () => {
    assert.deepEqual(await exportedTexts(), bundle);
  });

  it("are plain strings with a value for each placeholder, and a placeholder for each value", async () => {
    const all = (await textSources()).flatMap(calls);
    assert.ok(all.length > 400);
    for (const { place, text, values } of all) {
      assert.ok(text !== undefined, `${place}: the exporter reads plain strings only`);
      assert.ok(text in bundle, `${place}: ${text}`);
      if (values === undefined) continue;
      const wanted = Array.from({ length: values }, (_, index) => `{${index}}`);
      assert.deepEqual(placeholders(text), wanted.sort(), `${place}: ${text}`);
    }
  });

  it("have the same placeholders in every translation, which translates nothing that is gone", () => {
    for (const name of readdirSync(folder)) {
      for (const [text, translated] of Object.entries(readBundle(name))) {
        assert.ok(text in bundle, `${name}: ${text}`);
        assert.deepEqual(placeholders(translated), placeholders(text), `${name}: ${text}`);
      }
    }
  });

  it("are packed with every translation", () => {
    const patterns = allowed("linux-x64");
    for (const name of [
      "l10n/bundle.l10n.json",
      "l10n/bundle.l10n.pt-br.json",
      "package.nls.de.json",
      "media/walkthrough/open.nls.de.md",
    ])
      assert.ok(
        patterns.some((pattern) => pattern.test(`extension/${name}`)),
        name,
      );
  });
});

describe("the rule that texts are translated", () => {
  /** What the project's own rules say of a piece of code in a file. */
  const saidOf = async (file: string, code: string): Promise<string[]> => {
    const config = (await new ESLint({ cwd: root }).calculateConfigForFile(join(root, file))) as Linter.Config;
    const rule = config.rules?.["no-restricted-syntax"];
    assert.ok(rule !== undefined);
    const languageOptions = { parser: tseslint.parser as Linter.Parser };
    return new Linter()
      .verify(code, [{ files: ["**/*.ts"], languageOptions, rules: { "no-restricted-syntax": rule } }], file)
      .map(({ message }) => message);
  };

  for (const [file, code] of [
    ["src/editor/show/status.ts", 'showInformation("Saved.");'],
    ["src/editor/show/status.ts", "showInformation(`${count} saved.`);"],
    ["src/editor/show/status.ts", 'showError(l10n.t("Not saved."), "Retry");'],
    ["src/editor/show/status.ts", 'askFirst(l10n.t("Go on?"), yes ? "Yes" : l10n.t("No"));'],
    ["src/editor/show/status.ts", 'sayInStatus(`accepted ${l10n.t("all")}`, 4000);'],
    ["src/editor/show/status.ts", 'pickOne(items, { title: "Choose", placeHolder: other });'],
    ["src/editor/show/status.ts", "pickOne([{ label: `${count} labels` }], options);"],
    ["src/editor/show/status.ts", 'withCancel({ location, title: "Exporting" }, work);'],
    ["src/editor/show/status.ts", 'progress.report({ message: "reading" });'],
    ["src/editor/show/status.ts", 'throw new LabelsError("Nowhere.");'],
    ["src/editor/show/status.ts", 'const words = "No answer found";'],
    ["src/editor/show/status.ts", "const words = `found ${count} answers in ${file}`;"],
    ["src/editor/show/hover.ts", 'paragraphs("Question");'],
    ["src/editor/show/code-actions.ts", 'action("Accept", kind, "glossator.accept");'],
    ["src/editor/base/messages.ts", 'window.setStatusBarMessage("no text of mine", ms);'],
    ["src/extension.ts", 'showWarning(message, "Open File");'],
    ["src/views/agreement-html.ts", "const page = `<p>Nothing</p>`;"],
    ["src/views/agreement-html.ts", 'const who = "Nobody has decided anything yet.";'],
  ] as const) {
    it(`refuses ${code} in ${file}`, async () => {
      const said = await saidOf(file, code);
      assert.ok(
        said.some((message) => message.includes("l10n.t")),
        said.join("\n"),
      );
    });
  }

  for (const [file, code] of [
    ["src/editor/show/status.ts", 'showInformation(l10n.t("{0} is saved.", name), l10n.t("Show Log"));'],
    ["src/editor/show/status.ts", 'log.error("This is read in the log."); background("cutting the text", work);'],
    ["src/editor/show/status.ts", 'action(l10n.t("Accept"), kind, "glossator.accept");'],
    ["src/views/agreement-html.ts", 'const page = `<p class="note">${escapeHtml(l10n.t("Nothing yet."))}</p>`;'],
  ] as const) {
    it(`takes ${code} in ${file}`, async () => {
      assert.deepEqual(await saidOf(file, code), []);
    });
  }
});

describe("pages in another language", () => {
  const frame = { nonce: "abc", language: "qps-ploc" };
  before(() => l10n.config({ contents: Object.fromEntries(Object.keys(bundle).map((text) => [text, `⟦${text}⟧`])) }));
  after(() => l10n.config({ contents: {} }));

  /** Everything with letters that no translation gave: in elements, and in attributes that are read aloud. */
  const untranslated = (html: string): string[] => {
    const body = html.slice(html.indexOf("<body>"));
    const aloud = [...body.matchAll(/aria-label="([^"]*)"/g)].map(([, label]) => label!);
    // A sentence may have elements in it, and translations in translations.
    let text = [body.replace(/<\/?(?:a|span)\b[^>]*>/g, "").replace(/<[^>]*>/g, "\n"), ...aloud].join("\n");
    for (let before = ""; before !== text;) {
      before = text;
      text = text.replace(/⟦[^⟦⟧]*⟧/g, "");
    }
    const decoded = text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
    return decoded.split("\n").filter((line) => /\p{L}/u.test(line));
  };

  it("have nothing but data that is not translated: agreement", () => {
    const by = (author: string, label: string): AnnotatorLabels =>
      annotator(author, "one", {
        reviewed: { entities: [{ start: 0, end: 3 }] },
        entities: [{ start: 0, end: 3, label }],
      });
    const document = { path: "a.txt", words: [{ start: 0, end: 3 }], sentences: [] };
    const documents = [{ ...document, annotators: [by("ann", "PER"), by("bob", "ORG")] }];
    const leftOut = { unreadable: [{ document: "b.txt", reason: "gone" }], skipped: 2 };
    const html = agreementHtml(agreementOf(documents), documents.flatMap(disagreementsOf), leftOut, l10n, frame);
    assert.match(html, /<html lang="qps-ploc">/);
    assert.match(
      html,
      /⟦<a href="command:glossator\.nextDisagreement">⟦Go to the first of 1 unsettled disagreement⟧<\/a> or </,
    );
    assert.deepEqual(new Set(untranslated(html)), new Set(["PER", "ORG"]));
    assert.deepEqual(untranslated(agreementHtml(agreementOf([]), [], { unreadable: [], skipped: 0 }, l10n, frame)), []);
  });

  it("have nothing but data that is not translated: summary", () => {
    const [documents] = fc.sample(labelledDocuments({ reviewed: true }), { numRuns: 1, seed: 7 });
    const notes = [{ reason: "a reason" }, { document: "a.txt", reason: "a reason" }];
    const by = new Decider("a.txt", "Anna met Ben in Rome.");
    const [anna, ben] = by.suggest("entities", ["Anna", "PER"], ["Ben", "LOC"]);
    by.labels.accept(anna!);
    by.labels.relabel(ben!, "PER");
    by.labels.add("entities", by.at("Rome"), "LOC");
    const [suggestions, pace] = [new SuggestionCounter(), new PaceCounter()];
    const { verdicts, missed } = finish(judging(by.events));
    suggestions.add({ verdicts: [...verdicts, { ...verdicts[0]!, score: undefined! }], missed });
    finish(pace.adding(by.events));
    const next = [
      { document: "a.txt", state: "begun" as const, reviewed: 0.5 },
      { document: "b.txt", state: "untouched" as const, reviewed: 0 },
    ];
    const restricted = { suggestions: suggestions.counts(), pace: finish(pace.working()), folder: "file:///w" };
    const work = { ...restricted, progress: { reviewed: 1, begun: 1, untouched: 5000, more: true, next } };
    const html = summaryPage(summaryBody(summarise(documents!), notes, l10n, work), l10n, frame);
    const data = new Set(
      JSON.stringify([documents, notes, work, "ann"])
        .match(/"(?:[^"\\]|\\.)*"/g)!
        .map((text) => JSON.parse(text) as string),
    );
    const known = [...data].map((text) => Array.from(text).slice(0, 19).join(""));
    const foreign = untranslated(html).filter((text) => !known.includes(Array.from(text).slice(0, 19).join("")));
    assert.deepEqual(foreign, []);
    assert.deepEqual(untranslated(summaryPage(summaryBody(summarise([]), [], l10n), l10n, frame)), []);
    const empty = summaryBody(summarise([]), [], l10n, restricted);
    assert.deepEqual(untranslated(summaryPage(empty, l10n, frame)), []);
  });

  it("take elements where the translation has their places, and no markup from it", () => {
    assert.equal(filledHtml("<{1}> · {0} {2}", "<a>x</a>", "<b>y</b>"), "&#60;<b>y</b>&#62; · <a>x</a> {2}");
  });
});
