/** Tables as spreadsheets, pandas and other tools write them. */
import { strict as assert } from "node:assert";
import path from "node:path";
import { counted, haveWhole, labelled, readForeign, told, WHOLE } from "./support/foreign";

/** One table in several dress. */
const ROWS =
  '"Sehr gut; wirklich ""toll""\nnächste Zeile",positive\nSchlecht – nie wieder,negative\n=SUM(A1),neutral\n';
const DUE = ['Sehr gut; wirklich "toll"\nnächste Zeile/positive', "Schlecht – nie wieder/negative", "=SUM(A1)/neutral"];

describe("datasets of others: tables", function () {
  this.timeout(60_000);

  it("a span lies in the row's text where that is longer than the span, and rows of one text are one document", async () => {
    const found = await readForeign({
      "a.csv":
        'text,start,end,label\n"Barack Obama was born in Hawaii.",0,12,PER\n"Barack Obama was born in Hawaii.",25,31,LOC\n"Angela Merkel visited Paris.",0,13,PER\n',
    });
    assert.deepEqual(labelled(found), ["Barack Obama/PER", "Hawaii/LOC", "Angela Merkel/PER"]);
    assert.equal(found.documents.length, 2);
    assert.deepEqual(found.losses, []);
    const whole = await readForeign({ "a.csv": "text,start,end,label\nHawaii,25,31,LOC\nBarack Obama,0,12,PER\n" });
    assert.deepEqual(labelled(whole), ["Hawaii/LOC", "Barack Obama/PER"], "what the span holds, as before");
  });

  it("a sentence and what the span holds may both be there, and one that does not fit is refused", async () => {
    const found = await readForeign({
      "a.csv":
        "sentence,start,end,entity,label\nWe met in Zürich.,10,16,Zürich,LOC\nWe met in Zürich.,3,6,Zürich,LOC\n😀 Ada came.,2,5,Ada,PER\n",
    });
    assert.deepEqual(labelled(found), ["Zürich/LOC", "Ada/PER"]);
    assert.equal(found.losses.filter(({ kind }) => kind === "dropped").length, 1);
    assert.match(told(found), /dropped a\.csv:3 1 .*hold "met", not "Zürich"/);
  });

  it("cells are cut at commas, semicolons, tabs and bars, as the first line says where it does", async () => {
    const dressed: Record<string, string> = {
      "comma.csv": `Text,Label\n${ROWS}`,
      "semi.csv": `\ufeffText;Label\n${ROWS.replace(/,(?=positive|negative|neutral)/g, ";")}`,
      "said.csv": `sep=;\nText;Label\n${ROWS.replace(/,(?=positive|negative|neutral)/g, ";")}`,
      "pipe.csv": `Text|Label\n${ROWS.replace(/,(?=positive|negative|neutral)/g, "|")}`,
      "tab.txt": `Text\tLabel\n${ROWS.replace(/,(?=positive|negative|neutral)/g, "\t")}`,
      "tweet.csv": `tweet,class\n${ROWS}`,
      "intent.csv": `utterance,intent\n${ROWS}`,
      "target.csv": `sentence,target\n${ROWS}`,
    };
    for (const [name, text] of Object.entries(dressed)) {
      const found = await readForeign({ [name]: text });
      assert.deepEqual(labelled(found), DUE, name);
      assert.deepEqual(
        found.documents.map(({ line }) => line),
        name === "said.csv" ? [3, 5, 6] : [2, 4, 5],
        name,
      );
    }
  });

  it("words with tags are sentences: by their number, by the first word's number, by empty lines", async () => {
    const words = "Thousands,O\nmarched,O\nthrough,O\nLondon,B-geo\n.,O\nIran,B-geo\nis,O\nAcme,B-org\nInc,I-org\n";
    const due = ["London/geo", "Iran/geo", "Acme Inc/org"];
    const lines = words.trim().split("\n");
    const kaggle = `Sentence #,Word,POS,Tag\n${lines.map((line, i) => `${i === 0 ? "Sentence: 1" : i === 5 ? "Sentence: 2" : ""},${line.replace(",", ",NNS,")}\n`).join("")}`;
    const numbered = `Sentence #,Word,Tag\n${lines.map((line, i) => `${i < 5 ? 1 : 2},${line}\n`).join("")}`;
    const apart = `Word,Tag\n${lines.slice(0, 5).join("\n")}\n\n${lines.slice(5).join("\n")}\n`;
    for (const text of [kaggle, numbered, apart]) {
      const found = await readForeign({ "ner.csv": text });
      assert.deepEqual(labelled(found), due);
      assert.equal(found.documents[0]!.layers.entities.reviewed.length, 2, text.slice(0, 20));
      assert.equal(found.scheme?.value, "IOB2");
    }
    const beside = (await readForeign({ "ner.csv": kaggle })).losses.filter(({ kind }) => kind === "beside");
    assert.deepEqual(
      beside.map(({ count, reason }) => [count, reason]),
      [[9, 'the column "POS"']],
    );
    const plain = await readForeign({
      "ner.csv":
        "Sentence #,Word,Tag\n1,Asian,LOCATION\n1,cricket,OTHER\n1,of,OTHER\n2,Ada,PERSON\n2,Lovelace,PERSON\n",
    });
    assert.deepEqual(labelled(plain), ["Asian/LOCATION", "Ada Lovelace/PERSON"]);
    assert.match(told(plain), /2 the tag OTHER is taken for "no label"/);
  });

  it("cells may hold lists of spans, as Label Studio and pandas leave them, or several classes", async () => {
    const studio = await readForeign({
      "project.csv":
        'annotation_id,annotator,id,label,lead_time,text\n1,2,7,"[{""start"":0,""end"":3,""text"":""Ada"",""labels"":[""PER""]},{""start"":8,""end"":13,""text"":""Paris"",""labels"":[""LOC"",""CITY""]}]",3.5,Ada met Paris.\n2,2,8,,1.0,Nothing here.\n',
    });
    assert.deepEqual(labelled(studio), ["Ada/PER", "Paris/LOC", "Paris/CITY"]);
    assert.equal(studio.documents[0]!.layers.entities.labels[0]!.author, "2");
    const python = await readForeign({
      "a.csv":
        "Text,Entities\nEmma's in New York.,\"[{'entity': 'PERSON', 'start': 0, 'end': 4}, {'entity': \"\"LOC'N\"\", 'start': 10, 'end': 18}]\"\n",
    });
    assert.deepEqual(labelled(python), ["Emma/PERSON", "New York/LOC'N"]);
    const classes = await readForeign({
      "a.csv": 'text,label\nFine,"{""choices"": [""good"", ""short""]}"\nBad,"[""bad""]"\n',
    });
    assert.deepEqual(labelled(classes), ["Fine/good", "Fine/short", "Bad/bad"]);
  });

  it("a picture's address is no text, a table without labels is refused with its columns, and the user can choose them", async () => {
    const pictures = await readForeign({
      "a.csv":
        "text,label\nhttps://example.org/cat.png,cat\n/data/upload/1.png,dog\nimg/my dog.png,dog\nA cat.,cat\nLook: https://example.org/cat.png,cat\n",
    });
    assert.deepEqual(labelled(pictures), ["A cat./cat", "Look: https://example.org/cat.png/cat"]);
    assert.equal(pictures.losses.filter(({ reason }) => /an address/.test(reason)).length, 3);
    const aspects = "id,text,Room,Staff\n1,Nice room,2,0\n2,Rude staff,0,1\n";
    await assert.rejects(readForeign({ "a.csv": aspects }), /no format/);
    const { readCsv } = await import("../../src/datasets/formats/csv/read");
    const read = (columns: Record<string, string>) =>
      readCsv(new Map([["a.csv", Buffer.from(aspects)]]), { misaligned: "refuse", columns });
    assert.throws(
      () => read({}),
      /it has "id", "text", "Room", "Staff"\): name them as text or label, or choose them, as in --columns/,
    );
    const chosen = await read({ text: "text", label: "Staff" });
    assert.deepEqual(labelled(chosen), ["Nice room/0", "Rude staff/1"]);
    assert.throws(() => read({ label: "Stuff" }), /"Stuff" is no column of the table; it has "id"/);
  });

  it("of old Windows are read as such, and that is said", async () => {
    const bytes = Buffer.from("Text,Label\nNa\xefve caf\xe9 \x805,negative\n", "latin1");
    const found = await readForeign({ "a.csv": bytes });
    assert.deepEqual(labelled(found), ["Naïve café €5/negative"]);
    assert.match(told(found), /assumed a\.csv: 3 the file is not UTF-8: it was read as Windows-1252/);
    const broken = Buffer.concat([Buffer.from("Text,Label\nNaïve café €5,negative\n"), Buffer.from([0xff])]);
    await assert.rejects(readForeign({ "a.csv": broken }), /not UTF-8 text/);
  });

  it("of whole files hold what a count of their text finds", async function () {
    if (!haveWhole) return this.skip();
    const { readFileSync } = await import("node:fs");
    const spans = path.join(WHOLE, "csv/kaggle-jaggu.csv");
    const due = readFileSync(spans, "utf8").match(/'entity': '/g)!.length;
    const sum = (of: Record<string, number>): number => Object.values(of).reduce((a, b) => a + b, 0);
    assert.equal(sum(counted(await readForeign(spans))), due);
    const words = path.join(WHOLE, "csv/harsh-ner.csv");
    assert.equal(sum(counted(await readForeign(words))), readFileSync(words, "latin1").match(/,B-/g)!.length);
  });
});
