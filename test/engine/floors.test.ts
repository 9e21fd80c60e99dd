import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { EngineClient } from "../../src/engine/client";
import { evaluateConll, evaluateSst2 } from "../../src/evaluation/evaluate";
import type { Engine } from "../../src/evaluation/evaluate";
import { evaluateSquad } from "../../src/evaluation/evaluate-answers";
import { client, root } from "./support";

/** The evaluation corpora lie beside the project, never in it. */
const data = resolve(root, "../shared/data");
const NEEDED = ["sst2/dev.tsv", "conll2003/eng.testa", "conll2003/eng.testb", "squad/dev-v1.1.json"];

/** Bounds well below the model's scores: what fails here is a broken pipeline or a broken model, not an unlucky sample. */
describe("the built-in model on the field's corpora", function () {
  this.timeout(90_000);
  let process: EngineClient | undefined;
  let engine: Engine;

  before(async function () {
    const missing = NEEDED.filter((name) => !existsSync(join(data, name)));
    if (missing.length > 0) {
      console.log(
        `      left out: scores on SST-2, CoNLL-2003 and SQuAD, since ${missing.join(", ")} is not in ${data}`,
      );
      this.skip();
    }
    const started = (process = client({ threads: 2 }));
    const info = await started.start();
    engine = {
      info,
      label: started.label.bind(started),
      ask: started.ask.bind(started),
      index: started.index.bind(started),
      rank: started.rank.bind(started),
    };
  });
  after(() => process?.dispose());

  const percent = (value: number) => (100 * value).toFixed(1);
  const floor = (what: string, value: number, least: number) => {
    console.log(`      ${what}: ${percent(value)} (at least ${percent(least)})`);
    assert.ok(value >= least, `${what} is ${percent(value)}, below ${percent(least)}`);
  };

  it("tells good from bad on SST-2, and leaves plain statements unmarked", async () => {
    const { accuracy, statements } = await evaluateSst2(engine, { data, limit: 300 });
    assert.equal(accuracy.total, 300);
    floor("SST-2 accuracy of two classes", accuracy.value, 0.84);
    if (statements) floor("plain statements without a mark", statements.value, 0.6);
  });

  it("finds the entities of CoNLL-2003", async () => {
    const { testa, testb } = await evaluateConll(engine, { data, limit: 400 });
    assert.ok(testb.reference > 300);
    floor("CoNLL-2003 testa F1", testa.f1, 0.78);
    floor("CoNLL-2003 testb F1", testb.f1, 0.78);
  });

  it("answers the questions of SQuAD", async () => {
    const { f1, exactMatch, total } = await evaluateSquad(engine, { data, limit: 150 });
    assert.equal(total, 150);
    assert.ok(exactMatch <= f1);
    floor("SQuAD F1", f1, 0.6);
  });
});
