// The sections of CHANGELOG.md: `## Unreleased` first, then `## X.Y.Z`, the newest first.

/**
 * @param {string} text
 * @returns {{title: string, start: number, end: number}[]} sections; `start` and `end` are offsets of what is below the heading
 */
function sectionsOf(text) {
  const headings = [...text.matchAll(/^## (.+)$/gm)];
  return headings.map(({ 0: line, 1: title, index }, i) => {
    return { title, start: index + line.length, end: headings[i + 1]?.index ?? text.length };
  });
}

/**
 * What a version changed.
 * @param {string} text of CHANGELOG.md
 * @param {string} version
 * @returns {string}
 * @throws {Error} when the version has no section, or nothing in it
 */
export function releaseNotes(text, version) {
  const section = sectionsOf(text).find(({ title }) => title === version);
  const notes = section === undefined ? "" : text.slice(section.start, section.end).trim();
  if (notes === "") throw new Error(`CHANGELOG.md says nothing under "## ${version}".`);
  return notes;
}

/**
 * Turns the section "Unreleased" into that of a version.
 * @param {string} text of CHANGELOG.md
 * @param {string} version
 * @returns {string}
 * @throws {Error} when there is nothing unreleased, or the version is there already
 */
export function withRelease(text, version) {
  const sections = sectionsOf(text);
  if (sections.some(({ title }) => title === version)) throw new Error(`CHANGELOG.md has "## ${version}" already.`);
  releaseNotes(text, "Unreleased");
  return text.replace(/^## Unreleased$/m, () => `## ${version}`);
}
