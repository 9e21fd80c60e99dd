import { strict as assert } from "node:assert";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { planAnswers } from "../../src/model/tasks/answering";
import { ModelError } from "../../src/model/errors";
import type { ModelErrorCode } from "../../src/model/errors";
import { describeModel, describeModels } from "../../src/model/manifest/folders";
import { readHuggingFaceFolder } from "../../src/model/manifest/hf-folder";
import { entityLayer, sentimentLayer } from "../../src/model/manifest/hf-labels";
import { planLabelsOf } from "../../src/model/tasks/labelling";
import type { ItemLabels } from "../../src/model/tasks/labelling";
import type { Step } from "../../src/model/model";
import { openModels } from "../../src/model/open";
import type { Models } from "../../src/model/open";

const fixtures = path.resolve(__dirname, "../fixtures/huggingface");
const folder = (name: string): string => path.join(fixtures, name);
const open = (...dirs: string[]): Promise<Models> =>
  openModels(dirs, { device: "cpu", threads: 1, skip: new Set(), before: () => undefined });
const close = async (models: Models): Promise<void> => {
  for (const { network } of models.open) await network.close();
};
/** What Python found (`test/huggingface.py`); offsets are code points. */
const expected = <T>(name: string): T[] =>
  JSON.parse(readFileSync(path.join(folder(name), "expected.json"), "utf8")) as T[];
const unitsOf = (text: string): number[] => {
  const units = [0];
  for (const char of text) units.push(units.at(-1)! + char.length);
  return units;
};
const near = (a: number, b: number, what: string): void => assert.ok(Math.abs(a - b) < 1e-4, `${what}: ${a}, not ${b}`);
const all = async <T>(steps: readonly Step<T>[]): Promise<Map<number, T>> => {
  const results = new Map<number, T>();
  for (const step of steps) for (const [item, result] of await step.run()) results.set(item, result);
  return results;
};
const labelled = async (models: Models, texts: readonly string[]): Promise<ItemLabels[]> => {
  const items = texts.map((text) => ({ text }));
  const { steps, done } = planLabelsOf(models.open, items, ["entities", "sentiment"], 256);
  const results = await all(steps);
  return texts.map((_, i) => results.get(i) ?? done.get(i)!);
};

interface Span {
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

describe("Hugging Face exports", function () {
  it("find the entities Python finds: cased WordPiece, tags of mixed schemes", async () => {
    const cases = expected<{ text: string; entities: (Span & { label: string })[] }>("ner-wordpiece");
    const models = await open(folder("ner-wordpiece"));
    const results = await labelled(
      models,
      cases.map(({ text }) => text),
    );
    let found = 0;
    cases.forEach(({ text, entities }, i) => {
      const units = unitsOf(text);
      const spans = (results[i]!.entities ?? []).map(({ start, end, label }) => [start, end, label]);
      const due = entities.map(({ start, end, label }) => [units[start], units[end], label]);
      assert.deepEqual(spans, due, JSON.stringify(text));
      entities.forEach(({ score }, k) => near(results[i]!.entities![k]!.score, score, text));
      found += due.length;
    });
    assert.ok(found > 10, "the fixture finds next to nothing");
    await close(models);
  });

  it("find the sentiment Python finds: byte-level BPE, no token types, fp16 logits, labels without names", async () => {
    const cases = expected<{ text: string; sentiment?: { label: string; scores: Record<string, number> } }>(
      "sentiment-bpe",
    );
    const models = await open(folder("sentiment-bpe"));
    assert.match(models.notes.join(), /LABEL_0, LABEL_1, LABEL_2 are read as negative, neutral, positive/);
    const results = await labelled(
      models,
      cases.map(({ text }) => text),
    );
    cases.forEach(({ text, sentiment }, i) => {
      assert.equal(results[i]!.sentiment?.label, sentiment?.label, JSON.stringify(text));
      for (const [label, score] of Object.entries(sentiment?.scores ?? {}))
        near(results[i]!.sentiment!.scores[label]!, score, text);
    });
    await close(models);
  });

  it("find the answer Python finds: Unigram, int32 ids, two separators", async () => {
    const cases = expected<{ question: string; text: string; answer?: Span }>("answers-unigram");
    const models = await open(folder("answers-unigram"));
    for (const { question, text, answer } of cases) {
      const [found] = (await all(planAnswers(models.open[0]!, question, [text], 1, 256))).get(0) ?? [];
      assert.equal(found === undefined, answer === undefined, JSON.stringify(text));
      if (!found || !answer) continue;
      const units = unitsOf(text);
      near(found.score, answer.score, text);
      // Python's is the bare span of tokens; ours is widened to whole words, without white space at the edges.
      const bare = text.slice(units[answer.start], units[answer.end]).trim();
      assert.ok(
        text.slice(found.start, found.end).includes(bare),
        `${JSON.stringify(text)}: ${found.start}-${found.end}`,
      );
      assert.ok(/^\S[^]*\S$|^\S$/.test(text.slice(found.start, found.end)));
    }
    await close(models);
  });

  it("labels a text longer than the model takes, in windows", async () => {
    const models = await open(folder("ner-wordpiece"), folder("sentiment-bpe"));
    const text = "Maria Keller wrote from Oslo. ".repeat(60);
    const [labels] = await labelled(models, [text]);
    assert.ok(labels!.entities!.some(({ start }) => start > text.length - 60));
    near(
      Object.values(labels!.sentiment!.scores).reduce((a, b) => a + b),
      1,
      "sum of the scores",
    );
    await close(models);
  });

  describe("several folders", () => {
    it("serve their tasks together, the first one that has a task", async () => {
      const models = await open(folder("ner-wordpiece"), folder("sentiment-bpe"), folder("answers-unigram"));
      assert.deepEqual(
        models.open.map(({ tasks }) => tasks),
        [["entities"], ["sentiment"], ["answers"]],
      );
      assert.equal(models.name, "ner-wordpiece + sentiment-bpe + answers-unigram");
      const text = expected<{ text: string }>("ner-wordpiece")[0]!.text;
      const [labels] = await labelled(models, [text]);
      const alone = await open(folder("ner-wordpiece"));
      assert.deepEqual(labels!.entities, (await labelled(alone, [text]))[0]!.entities);
      assert.ok(labels!.sentiment);
      assert.notEqual(models.version, alone.version);
      assert.match(models.version, /^[0-9a-f]{12}$/);
      await close(models);
      await close(alone);
    });

    it("leave a folder out that has no task left, and say so", async () => {
      const models = await open(folder("ner-wordpiece"), folder("ner-wordpiece"));
      assert.equal(models.open.length, 1);
      assert.match(models.notes.join(), /is not used/);
      await close(models);
    });

    it("stand beside a model of ours", async () => {
      const parts = await describeModels([
        folder("ner-wordpiece"),
        path.resolve(__dirname, "../../models/glossator-minilm"),
      ]);
      assert.deepEqual(
        parts.map(({ tasks }) => tasks),
        [["entities"], ["sentiment", "answers"]],
      );
    });
  });

  describe("are refused with the reason", () => {
    let dir: string;
    beforeEach(() => {
      dir = path.join(mkdtempSync(path.join(tmpdir(), "hf-")), "model");
      cpSync(folder("ner-wordpiece"), dir, { recursive: true });
    });
    afterEach(() => rmSync(path.dirname(dir), { recursive: true }));

    const refused = (code: ModelErrorCode, message: RegExp, work: Promise<unknown>): Promise<void> =>
      assert.rejects(work, (error: unknown) => {
        assert.ok(error instanceof ModelError, String(error));
        assert.match(error.message, message);
        assert.equal(error.code, code);
        return true;
      });
    const edit = (changes: Record<string, unknown>, file = "config.json"): void => {
      const json = JSON.parse(readFileSync(path.join(dir, file), "utf8")) as Record<string, unknown>;
      writeFileSync(path.join(dir, file), JSON.stringify({ ...json, ...changes }));
    };

    it("an empty folder", () => {
      mkdirSync(path.join(dir, "empty"));
      return refused("model-missing", /neither a manifest\.json .* nor a config\.json/, open(path.join(dir, "empty")));
    });

    for (const [architecture, reason] of [
      ["GPT2LMHeadModel", /it writes text/],
      ["LlamaForCausalLM", /it writes text/],
      ["BertForMaskedLM", /guesses hidden words/],
      ["BertModel", /no output layer/],
      ["ViTForImageClassification", /cannot label text/],
    ] as const)
      it(`a ${architecture}`, async () => {
        edit({ architectures: [architecture] });
        await refused("model-unsupported", reason, open(dir));
      });

    it("a config.json that names no architecture, or is not JSON", async () => {
      edit({ architectures: undefined });
      await refused("model-unsupported", /names no "architectures"/, open(dir));
      writeFileSync(path.join(dir, "config.json"), "{");
      await refused("manifest-invalid", /config\.json is not JSON/, open(dir));
    });

    it("missing or broken label names", async () => {
      for (const [id2label, reason] of [
        [undefined, /"id2label" is missing/],
        [{}, /"id2label" is empty/],
        [{ 0: "O", 2: "B-PER" }, /leaves a class out/],
        [{ 0: "O", 1: "O" }, /one name to two classes/],
        [{ 0: "O", x: "B-PER" }, /bad entry at "x"/],
      ] as const) {
        edit({ id2label });
        await refused("manifest-invalid", reason, open(dir));
      }
    });

    it("labels that do not fit the graph", async () => {
      edit({ id2label: { 0: "O", 1: "B-PER" } });
      await refused("model-unsupported", /where 8 are due for the 2 labels/, open(dir));
    });

    it("a graph for another task than config.json says", async () => {
      edit({ architectures: ["BertForSequenceClassification"], id2label: { 0: "negative", 1: "positive" } });
      await refused("model-unsupported", /no graph for sentiment: logits has 3 dimensions, not 2/, open(dir));
      edit({ architectures: ["BertForQuestionAnswering"] });
      await refused("model-unsupported", /no graph for answers: it has no output start_logits/, open(dir));
    });

    it("a tokenizer with more tokens than the embedding", async () => {
      edit({ vocab_size: 500 });
      await refused("model-unsupported", /the tokenizer has \d+ tokens, the model's embedding .* 500/, open(dir));
      // Where config.json does not say, running the highest id does.
      edit({ vocab_size: undefined });
      edit({ added_tokens: [{ id: 70_000, content: "[NEW]" }] }, "tokenizer.json");
      await refused("model-unsupported", /gives ids up to 70000, more than the model's embedding holds/, open(dir));
    });

    it("too few positions", async () => {
      edit({ max_position_embeddings: 8 });
      await refused("model-unsupported", /reads at most 8 tokens/, open(dir));
    });

    it("no graph, only other weights", async () => {
      renameSync(path.join(dir, "model.onnx"), path.join(dir, "model.safetensors"));
      await refused("model-missing", /only model\.safetensors\. Export the model to ONNX/, open(dir));
    });

    it("a graph that is a Git LFS pointer, cut short, or something else", async () => {
      const graph = path.join(dir, "model.onnx");
      truncateSync(graph, 5000);
      await refused("model-corrupt", /cannot be read as a model/, open(dir));
      writeFileSync(graph, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
      await refused("model-missing", /Git LFS pointer/, open(dir));
      writeFileSync(graph, "");
      await refused("model-corrupt", /cannot be read as a model/, open(dir));
    });

    it("a graph whose weights are in a file that is missing", async () => {
      cpSync(path.join(fixtures, "external-data.onnx"), path.join(dir, "model.onnx"));
      await refused("model-missing", /keeps its weights in .*weights\.bin, which is missing/, open(dir));
    });

    it("a graph of a newer ONNX: IR version, opset", async () => {
      const graph = path.join(dir, "model.onnx");
      const bytes = readFileSync(graph);
      // ModelProto begins with field 1, ir_version; its last field here is 8, opset_import, with version 18.
      assert.deepEqual([...bytes.subarray(0, 2)], [0x08, 9]);
      writeFileSync(graph, Buffer.concat([Buffer.from([0x08, 99]), bytes.subarray(2)]));
      await refused("model-unsupported", /too new: ONNX IR version 99, this runtime reads up to \d+/, open(dir));
      const opset = bytes.lastIndexOf(Buffer.from([0x10, 18]));
      assert.ok(opset > bytes.length - 10);
      writeFileSync(
        graph,
        Buffer.concat([bytes.subarray(0, opset), Buffer.from([0x10, 99]), bytes.subarray(opset + 2)]),
      );
      await refused("model-unsupported", /too new: opset 99 of ai\.onnx, this runtime reads up to \d+/, open(dir));
    });

    it("a graph with an operator the runtime lacks, or other inputs", async () => {
      const graph = path.join(dir, "model.onnx");
      const bytes = readFileSync(graph);
      const change = (from: string, to: string): void => {
        let text = bytes.toString("latin1");
        text = text.replaceAll(from, to);
        writeFileSync(graph, Buffer.from(text, "latin1"));
      };
      change("Tanh", "Tank");
      await refused("model-unsupported", /needs the operator Tank/, open(dir));
      change("token_type_ids", "tokem_type_ids");
      await refused("model-unsupported", /has the input tokem_type_ids/, open(dir));
    });

    it("a model larger than a protobuf, or than the memory", async () => {
      const graph = path.join(dir, "model.onnx");
      await refused("model-too-large", /more than 40 % of this machine's/, readHuggingFaceFolder(dir, 100_000));
      // A sparse file: it takes no room.
      truncateSync(graph, 2 ** 31);
      await refused("model-too-large", /has 2\.0 GB; an ONNX file ends at 2 GB/, readHuggingFaceFolder(dir, 1e12));
    });

    it("a tokenizer with an unknown part, or none", async () => {
      edit({ normalizer: { type: "Mystery" } }, "tokenizer.json");
      await refused("model-unsupported", /tokenizer\.json: the normalizer is of type "Mystery"/, open(dir));
      rmSync(path.join(dir, "tokenizer.json"));
      await refused("tokenizer-missing", /tokenizer\.json is missing/, open(dir));
    });
  });

  it("have a digest of their content", async () => {
    const dir = mkdtempSync(path.join(tmpdir(), "hf-"));
    cpSync(folder("ner-wordpiece"), dir, { recursive: true });
    const before = await describeModel(dir);
    assert.equal(before.digest, (await describeModel(folder("ner-wordpiece"))).digest);
    const graph = path.join(dir, "model.onnx");
    writeFileSync(graph, Buffer.concat([readFileSync(graph), Buffer.from([0])]));
    assert.notEqual((await describeModel(dir)).digest, before.digest);
    rmSync(dir, { recursive: true });
  });
});

describe("labels of other people's models", () => {
  it("BIO, IOB1, BIOES, BILOU and plain names become BIO2", () => {
    const of = (...names: string[]) => {
      const { labels, classes } = entityLayer(names, "config.json");
      return classes!.map((label) => labels[label]);
    };
    assert.deepEqual(of("O", "B-PER", "I-PER"), ["O", "B-PER", "I-PER"]);
    assert.deepEqual(of("I-PER", "O", "B-ORG", "I-ORG"), ["I-PER", "O", "B-ORG", "I-ORG"]);
    assert.deepEqual(of("O", "B-X", "I-X", "E-X", "S-X"), ["O", "B-X", "I-X", "I-X", "B-X"]);
    assert.deepEqual(of("O", "B-X", "I-X", "L-X", "U-X"), ["O", "B-X", "I-X", "I-X", "B-X"]);
    assert.deepEqual(of("O", "person", "work of art"), ["O", "I-person", "I-work_of_art"]);
    assert.match(entityLayer(["O", "I-PER", "B-LOC", "I-LOC"], "c").notes.join(), /IOB1/);
    assert.throws(() => entityLayer(["LABEL_0", "LABEL_1"], "c"), /have no names/);
    assert.throws(() => entityLayer(["NOUN", "VERB"], "c"), /every word would be marked/);
    assert.throws(() => entityLayer(["O"], "c"), /no label but the outside tag/);
  });

  it("polarities, stars and classes without names become sentiment", () => {
    const of = (...names: string[]) => {
      const { labels, classes } = sentimentLayer(names, "config.json");
      return classes!.map((label) => labels[label]);
    };
    assert.deepEqual(of("NEGATIVE", "POSITIVE"), ["negative", "positive"]);
    assert.deepEqual(of("POS", "NEG", "NEU"), ["positive", "negative", "neutral"]);
    assert.deepEqual(of("LABEL_0", "LABEL_1"), ["negative", "positive"]);
    assert.deepEqual(of("1 star", "2 stars", "3 stars", "4 stars", "5 stars"), [
      "negative",
      "negative",
      "neutral",
      "positive",
      "positive",
    ]);
    assert.deepEqual(of("Very Negative", "Negative", "Neutral", "Positive", "Very Positive"), [
      "negative",
      "negative",
      "neutral",
      "positive",
      "positive",
    ]);
    assert.deepEqual(of("joy", "no emotion", "sadness"), ["joy", "no_emotion", "sadness"]);
    assert.equal(sentimentLayer(["Negative", "Neutral", "Positive"], "c").unmarked, "neutral");
    assert.match(
      sentimentLayer(["1 star", "2 stars", "3 stars", "4 stars", "5 stars"], "c").notes.join(),
      /stars are read/,
    );
    assert.throws(() => sentimentLayer(["entailment", "neutral", "contradiction"], "c"), /takes two texts/);
    assert.throws(() => sentimentLayer(["LABEL_0"], "c"), /one number/);
  });
});
