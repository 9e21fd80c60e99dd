import assert from "node:assert/strict";
import fc from "fast-check";
import { squad } from "../../src/datasets/formats/squad/write";
import { labelledDocument, labelledDocuments } from "./support/documents";
import { roundTrip } from "./support/round-trip";

describe("datasets: SQuAD, both ways", () => {
  it("gives back what it wrote, up to the losses it reports", async function () {
    await fc.assert(
      fc.asyncProperty(labelledDocuments({ contexts: true }), async (documents) => {
        await roundTrip(squad, documents, { rejected: false });
      }),
      { numRuns: 20 },
    );
    await fc.assert(
      fc.asyncProperty(labelledDocument("a.txt", { contexts: true }), async (document) => {
        const { read } = await roundTrip(squad, [document], { rejected: false });
        assert.equal(read.documents.flatMap(({ questions }) => questions).length, document.questions.length);
      }),
      { numRuns: 40 },
    );
  });
});
