/** UIMA CAS XMI: what CAS JSON reads, from XML, with the label in whichever feature says it. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import path from "node:path";
import { NAMED_ENTITY } from "../../src/datasets/codecs/dkpro-types";
import { casJson } from "../../src/datasets/formats/cas/write";
import { casXmi } from "../../src/datasets/formats/cas/xmi";
import { readXml } from "../../src/datasets/formats/cas/xml";
import { attributeValue, characterNamed, countedNames, unheldIn } from "../../src/datasets/formats/cas/xml-values";
import { writeDataset } from "../../src/datasets/writing/drive";
import { CLASSES, QUESTIONS, SPANS } from "../../src/documents/tasks";
import { counted, FIXTURES, haveWhole, labelled, readForeign, told, WHOLE } from "./support/foreign";
import { labelledDocuments } from "./support/documents";
import { decisions, labelled as documentWith, VECTOR } from "./support/labelled";
import { bytesOf, roundTrip, WRITER_OPTIONS } from "./support/round-trip";

const HEAD =
  '<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore" xmlns:ner="http:///de/tudarmstadt/ukp/dkpro/core/api/ner/type.ecore" ' +
  'xmlns:custom="http:///webanno/custom.ecore" xmlns:g="http:///glossator/type.ecore" xmlns:none="http:///uima/noNamespace.ecore" xmi:version="2.0">';
const TEXT = "I &#128512; love Zürich.&#13;&#10;Acme &amp; Söhne";

/** A file with one view; annotations are written as they are, without `xmi:id` and `sofa`. */
function xmi(annotations: readonly string[], text = TEXT): string {
  const made = annotations.map((one, index) => `  <${one} xmi:id="${index + 2}" sofa="1"/>`);
  const members = annotations.map((_, index) => index + 2).join(" ");
  const sofa = `<cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" mimeType="text" sofaString="${text}"/>`;
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    HEAD,
    ...made,
    sofa,
    `<cas:View sofa="1" members="${members}"/>`,
    "</xmi:XMI>",
  ].join("\n");
}

function typeSystem(types: Readonly<Record<string, Readonly<Record<string, string>>>>): string {
  const list = Object.entries(types).map(([name, features]) => {
    const all = Object.entries(features).map(
      ([feature, range]) =>
        `<featureDescription><name>${feature}</name><description>x</description><rangeTypeName>${range}</rangeTypeName></featureDescription>`,
    );
    return `<typeDescription><name>${name}</name><description/><supertypeName>uima.tcas.Annotation</supertypeName><features>${all.join("")}</features></typeDescription>`;
  });
  return `<?xml version="1.0"?><typeSystemDescription xmlns="http://uima.apache.org/resourceSpecifier"><types>${list.join("")}</types></typeSystemDescription>`;
}

const ACME = 'begin="19" end="23"';

describe("datasets: UIMA CAS XMI", () => {
  it("reads INCEpTION's files, counted", async () => {
    const file = path.join(FIXTURES, "xmi/huggingface.xmi");
    const found = await readForeign(file);
    assert.equal(found.format, "xmi");
    const [document] = found.documents;
    assert.equal(document!.path, "huggingface.txt");
    const inFile = readFileSync(file, "utf8").match(/<type3:NamedEntity /g)!.length;
    assert.equal(inFile, 5);
    assert.deepEqual(labelled(found), [
      "Transformers/OTH",
      "Transformers/OTH",
      "Transformers/OTH",
      "PyTorch/OTH",
      "TensorFlow/OTH",
    ]);
    assert.deepEqual([document!.words!.length, document!.sentences!.length], [48, 3]);
    assert.equal(told(found), "");
    const relation = await readForeign(path.join(FIXTURES, "xmi/relation.xmi"));
    assert.deepEqual(labelled(relation), []);
    assert.match(
      told(relation),
      /^dropped relation\.xmi: 1 an annotation of the type webanno\.custom\.Relation: it is a relation/,
    );
  });

  it("takes whole files of others, or tells of them", async function () {
    if (!haveWhole) this.skip();
    const read = async (name: string): Promise<string[]> =>
      labelled(await readForeign(path.join(WHOLE, "cas/cassis/xmi", name)));
    assert.equal((await read("cas_with_smileys.xmi")).length, 5);
    assert.deepEqual(await read("cas_with_references.xmi"), ["dolor/FooCategory"]);
    for (const name of ["Albers.txt_phi.json", "Amanda_Alzheimer.txt_phi.json"]) {
      const file = path.join(WHOLE, "cas/inception", name);
      const inFile = readFileSync(file, "utf8").match(/"%TYPE"\s*:\s*"custom\.PHI"/g)!.length;
      const found = await readForeign(file);
      assert.ok(inFile > 10);
      assert.equal(
        Object.values(counted(found)).reduce((a, b) => a + b, 0),
        inFile,
        told(found),
      );
    }
  });

  it("takes the one feature that is a text for the label; where there are several, the one that is named", async () => {
    const file = xmi([
      `ner:NamedEntity begin="10" end="16" value="LOC" identifier="http://x.org/Q72"`,
      `custom:Firm ${ACME} kind="FIRM" rank="3" sure="true"`,
      `custom:Two ${ACME} kind="A" note="B"`,
      `custom:Two ${ACME} kind="" note="B"`,
      `custom:Bare ${ACME}`,
      `none:Word ${ACME} pos="NNP"`,
      `none:Mine ${ACME} label="L"`,
      `ner:NamedEntity ${ACME}`,
    ]);
    const found = await readForeign({ "a.xmi": file });
    assert.deepEqual(labelled(found), ["Zürich/LOC", "Acme/FIRM", "Acme/L"]);
    const lines = told(found).split("\n").sort();
    const expected = [
      /^beside a\.xmi: 1 the feature "rank" of webanno\.custom\.Firm$/,
      /^dropped a\.xmi: 1 an annotation of the type Word: /,
      /^dropped a\.xmi: 1 an annotation of the type webanno\.custom\.Bare: none of its features says a label: --columns label=type takes "Bare", its type, for it$/,
      /^dropped a\.xmi: 1 xmi:id 9: a .*NamedEntity without a value$/,
      /^dropped a\.xmi: 2 an annotation of the type webanno\.custom\.Two: .*"kind", "note".*--columns label=kind; --columns label=type takes "Two", its type, for it$/,
    ];
    // A number that no type system declares may be a reference.
    assert.deepEqual(
      found.documents[0]!.layers[SPANS].labels.map(({ attributes }) => attributes),
      [{ identifier: "http://x.org/Q72" }, { sure: "true" }, undefined],
    );
    assert.equal(lines.length, expected.length, lines.join("\n"));
    for (const [index, pattern] of expected.entries()) assert.match(lines[index]!, pattern);
    const chosen = await readForeign({ "a.xmi": file }, { columns: { label: "note" } });
    assert.equal(counted(chosen)["B"], 2);
  });

  it("asks the type system beside the file, or in an archive's folder above it", async () => {
    const types = typeSystem({
      "webanno.custom.Code": { code: "uima.cas.String", head: "custom.Other", size: "uima.cas.Integer" },
    });
    const file = xmi([`custom:Code ${ACME} code="7" head="2" size="4"`]);
    const without = await readForeign({ "a.xmi": file });
    assert.deepEqual(labelled(without), []);
    assert.match(told(without), /none of its features says a label: --columns label=type takes "Code"/);
    for (const files of [
      { "TypeSystem.xml": types, "a.xmi": file },
      { "b/typesystem.xml": types, "b/c/a.xmi": file },
      { "b/TypeSystem.xml": types, "a.xmi": file },
    ]) {
      const found = await readForeign(files);
      assert.deepEqual(labelled(found), ["Acme/7"]);
      assert.deepEqual(found.losses, []);
      assert.deepEqual(
        found.documents[0]!.relations!.map(({ type, from, to }) => [type, from, to]),
        [["head", "2", "2"]],
        "a feature that refers to a label is a relation",
      );
      assert.deepEqual(found.documents[0]!.layers[SPANS].labels[0]!.attributes, { size: "4" });
    }
    const beside = new Map([["TypeSystem.xml", Buffer.from(types)]]);
    assert.deepEqual(labelled(await readForeign({ "a.xmi": file }, { beside })), ["Acme/7"]);
    const cut = await readForeign({ "TypeSystem.xml": types.slice(0, -60), "a.xmi": file });
    assert.deepEqual(labelled(cut), []);
  });

  it("takes a layer's type for the label where the user says so, and nothing else says one", async () => {
    const annotations = [
      `ner:NamedEntity begin="10" end="16" value="LOC"`,
      `custom:Named ${ACME} value="V" note="n"`,
      `custom:Bare ${ACME} rank="1.5"`,
      `custom:Two ${ACME} kind="A" note="B"`,
      `custom:One ${ACME} note="B"`,
      `custom:Sort ${ACME} type="S" note="B"`,
      `custom:Rel ${ACME} Governor="2" Dependent="3"`,
      `none:Word ${ACME} pos="NNP"`,
    ];
    const found = await readForeign({ "a.xmi": xmi(annotations) }, { columns: { label: "type" } });
    assert.deepEqual(labelled(found), ["Zürich/LOC", "Acme/V", "Acme/Bare", "Acme/Two", "Acme/One", "Acme/S"]);
    assert.deepEqual(
      found.documents[0]!.layers[SPANS].labels.map(({ attributes = {} }) => Object.entries(attributes).join(" ")),
      ["", "note,n", "rank,1.5", "kind,A note,B", "note,B", "note,B"],
    );
    const [relation] = found.documents[0]!.relations!;
    const ids = found.documents[0]!.layers[SPANS].labels.map(({ id }) => id);
    assert.deepEqual([relation!.type, ids.indexOf(relation!.from), ids.indexOf(relation!.to)], ["Rel", 0, 1]);
    assert.match(told(found), /^dropped a\.xmi: 1 .*type Word: it has no place here$/);
    // The same in JSON.
    const structure = { "%ID": 2, "%TYPE": "custom.Bare", "@sofa": 1, begin: 19, end: 23 };
    const sofa = {
      "%ID": 1,
      "%TYPE": "uima.cas.Sofa",
      sofaID: "_InitialView",
      sofaString: "I 😀 love Zürich.\r\nAcme",
    };
    const json = JSON.stringify({ "%TYPES": {}, "%FEATURE_STRUCTURES": [sofa, structure], "%VIEWS": {} });
    assert.match(told(await readForeign({ "a.json": json })), /custom\.Bare: none of .*--columns label=type/);
    assert.deepEqual(labelled(await readForeign({ "a.json": json }, { columns: { label: "type" } })), ["Acme/Bare"]);
  });

  it("reads cTAKES' mentions under their types, its tokens and sentences as such, counted", async () => {
    const file = path.join(FIXTURES, "xmi/ctakes.xmi");
    const text = readFileSync(file, "utf8");
    const count = (pattern: RegExp): number => text.match(pattern)!.length;
    const found = await readForeign(file, { columns: { label: "type" } });
    assert.deepEqual(counted(found), {
      MedicationMention: 3,
      DiseaseDisorderMention: 3,
      SignSymptomMention: 15,
      ProcedureMention: 7,
      AnatomicalSiteMention: 2,
      RangeAnnotation: 1,
      MeasurementAnnotation: 1,
      FractionAnnotation: 1,
      DateAnnotation: 1,
    });
    const mentions = count(/<textsem:/g);
    assert.equal(labelled(found).length, mentions);
    for (const one of [
      "calcium/MedicationMention",
      "hypertension/DiseaseDisorderMention",
      "December 2007/DateAnnotation",
    ])
      assert.ok(labelled(found).includes(one), one);
    const denied = found.documents[0]!.layers[SPANS].labels.find(({ exact }) => exact === "chills");
    const { polarity, subject, uncertainty } = denied!.attributes!;
    assert.deepEqual({ polarity, subject, uncertainty }, { polarity: "-1", subject: "patient", uncertainty: "0" });
    const { words, sentences } = found.documents[0]!;
    assert.deepEqual([words!.length, sentences!.length], [count(/<syntax:\w+Token /g), count(/<textspan:Sentence /g)]);
    const lines = told(found).split("\n");
    assert.equal(lines.length, 8);
    assert.ok(
      lines.includes(
        'beside ctakes.xmi: 15 the feature "ontologyConceptArr" of org.apache.ctakes.typesystem.type.textsem.SignSymptomMention',
      ),
    );
    assert.ok(
      lines.some((line) =>
        line.startsWith(
          "dropped ctakes.xmi: 2 an annotation of the type org.apache.ctakes.typesystem.type.syntax.Chunk",
        ),
      ),
    );
    // Told nothing, it takes nothing for a label, and says how each is taken.
    const plain = await readForeign(file);
    assert.deepEqual(labelled(plain), []);
    const cure = plain.losses.filter(({ reason }) => /--columns label=type takes "\w+", its type/.test(reason));
    assert.equal(
      cure.reduce((sum, loss) => sum + loss.count!, 0),
      mentions,
    );
  });

  it("reads our own types where another program turned our JSON into XMI", async () => {
    const file = xmi([
      `g:Sentiment begin="0" end="17" value="positive"`,
      `g:Answer begin="10" end="16" kind="answer" question="Where?" questionId="q" index="0"`,
      `g:Rejected ${ACME} task="entities" value="PER"`,
      `g:Reviewed begin="0" end="17"`,
      `ner:NamedEntity begin="10" end="16" value="LOC"`,
      `g:Provenance of="6" author="ann" score="0.5" model="m" modelVersion="1"`,
    ]);
    const { documents } = await readForeign({ "a.xmi": file });
    const { layers, questions, text } = documents[0]!;
    assert.equal(text, "I 😀 love Zürich.\r\nAcme & Söhne");
    assert.deepEqual(
      layers[CLASSES].labels.map(({ label }) => label),
      ["positive"],
    );
    assert.deepEqual(
      questions.map(({ question, answers }) => [question, answers]),
      [["Where?", [{ start: 10, end: 16, exact: "Zürich" }]]],
    );
    assert.deepEqual(
      layers[SPANS].rejected.map(({ label, exact }) => `${exact}/${label}`),
      ["Acme/PER"],
    );
    assert.deepEqual(layers[SPANS].reviewed, [{ start: 0, end: 17 }]);
    assert.deepEqual(
      layers[SPANS].labels.map(({ author, score, model }) => [author, score, model?.name]),
      [["ann", 0.5, "m"]],
    );
    assert.equal(layers[QUESTIONS].rejected.length, 0);
  });

  it("names document and annotator of a project's export", async () => {
    const file = xmi([`ner:NamedEntity ${ACME} value="ORG"`]);
    const { documents } = await readForeign({
      "annotation/a b.txt/ben.zip/ben.xmi": file,
      "annotation/a b.txt/eve.xmi": file,
    });
    assert.deepEqual(
      documents.map((one) => [one.path, one.layers[SPANS].labels[0]!.author]),
      [
        ["a b.txt", "ben"],
        ["a b.txt", "eve"],
      ],
    );
  });

  it("reads what comes before damage, and expands nothing", async () => {
    const whole = xmi([`ner:NamedEntity begin="10" end="16" value="LOC"`, `ner:NamedEntity ${ACME} value="ORG"`]);
    const lines = whole.split("\n");
    const sofaFirst = [...lines.slice(0, 2), lines[4], ...lines.slice(2, 4), ...lines.slice(5)].join("\n");
    const cut = await readForeign({ "a.xmi": sofaFirst.slice(0, sofaFirst.indexOf('value="ORG"')) });
    assert.deepEqual(labelled(cut), ["Zürich/LOC"]);
    assert.match(told(cut), /dropped a\.xmi:5 1 not XML, or cut off: .*\nassumed a\.xmi: 1 every structure/);
    const bomb = `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>`;
    for (const [odd, why] of [
      [whole.replace("?>\n", `?>\n${bomb}`), /has a DOCTYPE/],
      [whole.replace("&amp;", "&b;"), /undefined entity/],
      [whole.replace("&amp;", "&#xD83D;"), /malformed character entity/],
      [whole.replace("<cas:Sofa", `${"<a>".repeat(200)}<cas:Sofa`), /more than 100 deep/],
      [whole.replace('value="LOC"', 'value="LOC" value="X"'), /duplicate attribute/],
    ] as const)
      await assert.rejects(readForeign({ "a.xmi": odd, "b.txt": "" }), why);
    const names = await readForeign({
      "a.xmi": xmi([`none:__proto__ ${ACME} __proto__="x" constructor="y"`, `ner:NamedEntity ${ACME} value="ORG"`]),
    });
    assert.deepEqual(labelled(names), ["Acme/ORG"]);
    assert.match(told(names), /the type __proto__: which of its features "__proto__", "constructor"/);
    assert.equal(({} as Record<string, unknown>)["x"], undefined);
  });

  it("takes a text of megabytes, and of control characters as XML 1.1 has them", async () => {
    const long = "Zürich &amp; so &#10;".repeat(200_000);
    const found = await readForeign({ "a.xmi": xmi([`ner:NamedEntity begin="0" end="6" value="LOC"`], long) });
    assert.equal(found.documents[0]!.text.length, 13 * 200_000);
    const control = xmi([`ner:NamedEntity begin="2" end="6" value="ORG"`], "&#1; Acme").replace(
      'version="1.0"',
      'version="1.1"',
    );
    assert.deepEqual(labelled(await readForeign({ "a.xmi": control })), ["Acme/ORG"]);
    const several = xmi([`custom:Many ${ACME} kind="K"`]).replace(
      /(<custom:Many[^>]*)\/>/,
      `$1>${"<note>n</note>".repeat(50_000)}<x><y/></x></custom:Many>`,
    );
    const many = await readForeign({ "a.xmi": several });
    assert.deepEqual(labelled(many), ["Acme/K"]);
    assert.deepEqual(
      many.losses.map(({ reason }) => reason.slice(0, 18)),
      ['the feature "note"', 'the feature "x" of'],
    );
    const closed: string[] = [];
    const problem = readXml("<a>x<b>y</b>z</a>", { close: (text, depth) => closed.push(`${depth} ${text}`) });
    assert.deepEqual([problem, closed], [undefined, ["1 y", "0 xz"]]);
  });
});

describe("datasets: UIMA CAS XMI, written", () => {
  const entities = [
    ["Zürich", "LOC"],
    ["Acme", "ORG"],
  ] as const;

  /** What a file says, by an XML reader and nothing of ours besides. */
  function elements(file: string): { readonly name: string; readonly of: ReadonlyMap<string, string> }[] {
    const found: { name: string; of: ReadonlyMap<string, string> }[] = [];
    const problem = readXml(file, {
      open: ({ uri, local, attributes }) => found.push({ name: `${uri} ${local}`, of: attributes }),
    });
    assert.equal(problem, undefined);
    return found;
  }

  it("counts UTF-16 units, the fixed vector, and declares each type that it uses", async () => {
    const { files } = await writeDataset(casXmi, [documentWith("a.txt", VECTOR, { entities })], WRITER_OPTIONS);
    assert.deepEqual([...files.keys()], ["TypeSystem.xml", "train/a.txt.xmi"]);
    const found = elements(String(files.get("train/a.txt.xmi")));
    const ner = "http:///de/tudarmstadt/ukp/dkpro/core/api/ner/type.ecore NamedEntity";
    assert.deepEqual(
      found.filter(({ name }) => name === ner).map(({ of }) => [of.get("begin"), of.get("end"), of.get("value")]),
      [
        ["10", "16", "LOC"],
        ["30", "34", "ORG"],
      ],
    );
    const ids = found.flatMap(({ of }) => of.get("xmi:id") ?? []);
    assert.deepEqual(
      ids,
      ids.map((_, index) => String(index)),
    );
    const view = found.at(-1)!;
    assert.deepEqual([view.of.get("sofa"), view.of.get("members")], ["1", ids.slice(2).join(" ")]);
    const types = String(files.get("TypeSystem.xml"));
    assert.ok(types.includes(`<name>${NAMED_ENTITY}</name>`));
    const used = found.map(({ name }) => name).filter((name) => !/^http:\/\/\/uima|\/XMI /.test(name));
    assert.ok(used.length > 0);
    for (const name of used) {
      const [, space, local] = /^http:\/\/\/(.*)\.ecore (.*)$/.exec(name)!;
      assert.ok(types.includes(`<name>${space!.replaceAll("/", ".")}.${local}</name>`), name);
    }
  });

  it("says what CAS JSON says, structure by structure", async () => {
    await fc.assert(
      fc.asyncProperty(labelledDocuments(), async (documents) => {
        const [xml, json] = await Promise.all(
          [casXmi, casJson].map((format) => writeDataset(format, documents, WRITER_OPTIONS)),
        );
        assert.deepEqual(xml!.losses, json!.losses);
        for (const [name, file] of json!.files) {
          const all = JSON.parse(String(file)) as { "%FEATURE_STRUCTURES": Record<string, unknown>[] };
          const wanted = all["%FEATURE_STRUCTURES"].map(({ "%ID": id, "%TYPE": type, ...features }) => [
            String(id),
            String(type).split(".").at(-1),
            new Map(Object.entries(features).map(([key, value]) => [key.replace("@", ""), String(value)])),
          ]);
          const found = elements(String(xml!.files.get(name.replace(/json$/, "xmi")))).slice(2, -1);
          assert.deepEqual(
            found.map(({ name: of, of: said }) => {
              const { "xmi:id": id, ...features } = Object.fromEntries(said);
              return [id, of.split(" ")[1], new Map(Object.entries(features))];
            }),
            wanted,
          );
        }
      }),
      { numRuns: 30 },
    );
  });

  it("reads back what it wrote, decision by decision", async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(labelledDocuments(), async (documents) => {
        const { written, read: back } = await roundTrip(casXmi, documents);
        assert.ok(written.losses.every(({ kind }) => kind === "left-out"));
        for (const document of documents) {
          const mine = back.documents.find(({ path: name }) => name === document.path);
          if (mine === undefined) continue;
          assert.equal(mine.text, document.text);
          assert.deepEqual(decisions(mine), decisions(document));
          assert.deepEqual(mine.layers[SPANS].reviewed, document.layers[SPANS].reviewed);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("gives characters back that XML cannot hold, and names them with their number", async () => {
    const text = "One\f\fpage. \u0000 Zürich\ufffe and \ufffd Acme\u001b.\r\n\tEnd";
    const made = await writeDataset(casXmi, [documentWith("a.txt", text, { entities })], WRITER_OPTIONS);
    const told = made.losses.filter(({ kind }) => kind === "partial");
    assert.deepEqual(
      told.map(({ count, reason }) => [count, reason.split(" in the text")[0]]),
      [[5, "1 × U+0000, 2 × U+000C, 1 × U+001B, 1 × U+FFFE"]],
    );
    const sofa = elements(String(made.files.get("train/a.txt.xmi"))).find(({ name }) => name.endsWith(" Sofa"));
    assert.equal(
      sofa!.of.get("sofaString"),
      ["\f", "\0", "\ufffe", "\u001b"].reduce((all, one) => all.replaceAll(one, "\ufffd"), text),
    );
    const { documents, losses } = await casXmi.read!(bytesOf(made), { misaligned: "refuse" });
    assert.deepEqual([documents[0]!.text, losses], [text, []]);
    assert.deepEqual(decisions(documents[0]!), decisions(documentWith("a.txt", text, { entities })));
  });

  it("says where a value has such characters, which do not come back", async () => {
    const document = documentWith("a.txt", VECTOR, { entities, questions: [["Which\u0002?", ["Acme"]]] });
    const { losses, files } = await writeDataset(casXmi, [document], WRITER_OPTIONS);
    assert.deepEqual(
      losses.filter(({ kind }) => kind === "renamed").map(({ count, reason }) => [count, reason.slice(0, 10)]),
      [[1, "1 × U+0002"]],
    );
    elements(String(files.get("train/a.txt.xmi")));
  });

  it("tells of a mark of a character that fits nowhere", async () => {
    const marks = ["U+000C", "U+0041", "U+D800", "x"].map(
      (value, at) => `g:Character begin="${at}" end="${at + 1}" value="${value}"`,
    );
    const found = await readForeign({ "a.xmi": xmi([...marks, `ner:NamedEntity ${ACME} value="ORG"`]) });
    assert.deepEqual(labelled(found), ["Acme/ORG"]);
    assert.match(told(found), /^dropped a\.xmi: 4 a glossator\.type\.Character where the text has no U\+FFFD$/);
  });

  it("escapes what XML would read otherwise, and knows each character that it cannot hold", () => {
    const all = Array.from({ length: 0x10000 }, (_, unit) => String.fromCharCode(unit)).join(" ") + "😀\u{1ffff}";
    const [element] = elements(`<a of="${attributeValue(all)}"/>`);
    // 29 controls, U+FFFE, U+FFFF, and 2,048 halves of surrogate pairs.
    const unheld = new Set(unheldIn(all).map(({ at }) => at));
    assert.equal(unheld.size, 29 + 2 + 2048);
    const wanted = all.split("").map((unit, at) => (unheld.has(at) ? "\ufffd" : unit));
    assert.ok(element!.of.get("of") === wanted.join(""));
    assert.equal(countedNames(unheldIn("\0a\ufffe\0")), "2 × U+0000, 1 × U+FFFE");
    assert.deepEqual(
      [characterNamed("U+001F"), characterNamed("U+0009"), characterNamed(undefined)],
      ["\u001f", undefined, undefined],
    );
  });
});
