import assert from "node:assert/strict";
import * as l10n from "@vscode/l10n";
import { agreementOf } from "../../src/labels/agreement/agreement";
import type { AnnotatorLabels } from "../../src/labels/agreement/annotators";
import { disagreementsOf } from "../../src/labels/agreement/disagreements";
import { agreementHtml } from "../../src/views/agreement-html";
import { annotator } from "./support/annotator";

describe("agreement report", () => {
  const reviewed = { entities: [{ start: 0, end: 7 }] };
  const by = (author: string, label: string): AnnotatorLabels =>
    annotator(author, "one two", { reviewed, entities: [{ start: 0, end: 3, label }] });
  const words = [
    { start: 0, end: 3 },
    { start: 4, end: 7 },
  ];
  const document = {
    ...{ path: "a.txt", words, sentences: [] },
    annotators: [by("ann", "PER"), by("<b>bob</b>", "ORG")],
  };
  const page = (documents: (typeof document)[]): string =>
    agreementHtml(
      agreementOf(documents),
      documents.flatMap(disagreementsOf),
      { unreadable: [{ document: "gone & away.txt", reason: "it does not exist" }], skipped: 1 },
      l10n,
      { nonce: "abc123", language: "en" },
    );

  it("has tables with heads, figures in words, and links to what is unsettled", () => {
    const html = page([document]);
    assert.match(html, /<caption>&#60;b&#62;bob&#60;\/b&#62; and ann: 2 words<\/caption>/);
    assert.match(html, /<th scope="row">PER<\/th>/);
    assert.match(html, /<td class="figure">0\.500 <svg aria-hidden="true"/);
    assert.match(html, /command:glossator\.nextDisagreement">Go to the first of 1 unsettled disagreement</);
    assert.match(html, /gone &#38; away\.txt: it does not exist/);
    assert.match(html, /<html lang="en">/);
  });

  it("runs nothing, loads nothing, and lets no text become markup", () => {
    const html = page([document]);
    assert.match(html, /content="default-src 'none'; style-src 'nonce-abc123'"/);
    assert.ok(!/<script|<b>|\son\w+=|src=|url\(|style="/i.test(html));
    assert.equal(html.match(/<style/g)?.length, 1);
  });

  it("says what is missing where there is nothing to compare", () => {
    assert.match(page([]), /Nobody has decided anything yet\./);
    assert.match(page([]), /Agreement needs a document on which two annotators decided something/);
  });
});
