import { strict as assert } from "node:assert";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isForeign, readsText } from "../../src/text/language";

const corpora = resolve(__dirname, "../../../shared/data/corpora/multilingual");
const GERMAN =
  "Die Sitzung beginnt um neun Uhr im großen Saal. Frau Keller liest den Bericht vor, danach wird über den Haushalt abgestimmt, und alle gehen nach Hause.";

describe("language", () => {
  it("takes for foreign only what surely is", () => {
    assert.ok(isForeign(GERMAN));
    assert.ok(isForeign("Встреча начинается в девять часов утра."));
    assert.ok(!isForeign("The meeting begins at nine in the large hall. Ms Keller reads the report."));
    for (const text of [
      "",
      "Angela Merkel",
      "Zürich, Genève, São Paulo",
      "42",
      "Terrible!",
      "```\nwäre größer über für\n```\n# Usage",
    ])
      assert.ok(!isForeign(text), text);
    assert.ok(
      !isForeign(
        `The word "${GERMAN.slice(0, 20)}" is what the German minutes of the meeting begin with, and it is the only one that is not English.`,
      ),
    );
  });

  it("asks only models that read English alone", () => {
    assert.ok(!readsText(["en"], GERMAN));
    for (const languages of [undefined, ["de"], ["en", "de"]]) assert.ok(readsText(languages, GERMAN));
  });

  it("tells documents in eleven languages from English, most single paragraphs too, and no English paragraph from English", function () {
    if (!existsSync(corpora)) return this.skip();
    this.timeout(60_000);
    for (const language of ["ar", "de", "el", "en", "es", "hi", "ro", "ru", "th", "tr", "vi", "zh"]) {
      const text = readFileSync(join(corpora, `xquad_${language}.txt`), "utf8");
      assert.equal(isForeign(text), language !== "en", language);
      const paragraphs = text.split(/\n+/).filter((part) => part.trim() !== "");
      const foreign = paragraphs.filter(isForeign).length;
      const share = foreign / paragraphs.length;
      assert.ok(language === "en" ? foreign === 0 : share >= 0.5, `${language}: ${foreign} of ${paragraphs.length}`);
    }
  });
});
