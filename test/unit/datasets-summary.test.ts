import { isDeepStrictEqual } from "node:util";
import { CLASSES, SPANS } from "../../src/documents/tasks";
import assert from "node:assert/strict";
import * as l10n from "@vscode/l10n";
import fc from "fast-check";
import { summarise } from "../../src/datasets/workspace/summary";
import { summaryBody, summaryPage } from "../../src/views/summary-page";
import { labelledDocuments } from "./support/documents";

describe("datasets: summary", function () {
  it("counts every decision once, whatever the documents", () => {
    fc.assert(
      fc.property(labelledDocuments(), (documents) => {
        const { labels, annotators, documents: rows, lengths, reviewed } = summarise(documents);
        const sum = (list: readonly { readonly count: number }[]): number =>
          list.reduce((all, { count }) => all + count, 0);
        const wanted = [
          documents.flatMap((one) => one.layers[SPANS].labels).length,
          documents.flatMap((one) => one.layers[CLASSES].labels).length,
          documents.flatMap((one) => one.questions).length,
        ];
        assert.deepEqual([sum(labels.entities), sum(labels.sentiment), sum(labels.answers)], wanted);
        assert.equal(
          sum(annotators),
          wanted.reduce((a, b) => a + b),
        );
        assert.equal(sum(lengths), wanted[0]);
        for (const { bins, count, median, longest } of lengths) {
          assert.equal(
            bins.reduce((a, b) => a + b),
            count,
          );
          assert.ok(median >= 1 && median <= longest);
        }
        for (const row of rows) assert.ok(row.reviewed >= 0 && row.reviewed <= 1);
        if (
          documents.every(({ text, layers }) =>
            isDeepStrictEqual(layers[SPANS].reviewed, [{ start: 0, end: text.length }]),
          )
        )
          assert.equal(reviewed, 1);
      }),
      { numRuns: 30 },
    );
  });

  it("makes a page without scripts, with a table for every plot, safe from the names in it", () => {
    const [documents] = fc.sample(labelledDocuments({ reviewed: true }), { numRuns: 1, seed: 7 });
    const odd = documents!.map((one) => ({ ...one, path: `<img src=x onerror=alert(1)>${one.path}` }));
    const page = summaryPage(summaryBody(summarise(odd), [], l10n), l10n, { nonce: "abc", language: "en" });
    assert.doesNotMatch(page, /<script|<img|onerror=alert\(1\)>/i);
    assert.match(page, /default-src 'none'; style-src 'nonce-abc'/);
    assert.equal(page.match(/<svg role="img" aria-label=/g)?.length, page.match(/<table>/g)?.length);
    // The policy allows no style attribute.
    assert.doesNotMatch(page, / style=/);
    assert.match(summaryBody(summarise([]), [], l10n), /no decisions/);
  });

  it("folds notes up by document, and lets none of them be markup", () => {
    const notes = [
      { document: "a <b>.txt", reason: "annotators disagree on <i>" },
      { document: "a <b>.txt", reason: "another" },
      { reason: "the folder cannot be read" },
    ];
    const [documents] = fc.sample(labelledDocuments({ reviewed: true }), { numRuns: 1, seed: 7 });
    const body = summaryBody(summarise(documents!), notes, l10n);
    assert.match(body, /3 notes on what is disputed/);
    assert.match(body, /a &#60;b&#62;\.txt: 2 notes<\/summary><ul><li>annotators disagree on &#60;i&#62;/);
    assert.match(body, /This folder: 1 note</);
    assert.doesNotMatch(summaryBody(summarise(documents!), [], l10n), /Notes|⚠/);
  });
});
