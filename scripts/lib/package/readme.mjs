// The README that the VSIX shows on the extension's page. Files of the repository are not there, and the page loads pictures from https
// alone: a picture is left out, a link to a file becomes the link's own words.
import { fromMarkdown } from "mdast-util-from-markdown";

const isRelative = (url) => !/^(?:[a-z][a-z\d+.-]*:|#)/i.test(url);

/**
 * @param {string} markdown
 * @returns {string} the same text without a relative address
 */
export function standaloneReadme(markdown) {
  let result = markdown;
  // From the end, so that what is replaced does not move what is still to come.
  for (const node of linksIn(fromMarkdown(markdown)).reverse()) {
    const { start, end } = node.position;
    result = result.slice(0, start.offset) + wordsOf(node, markdown) + result.slice(end.offset);
  }
  return result.replace(/\n{3,}/g, "\n\n");
}

/** @param {any} node @returns {any[]} relative links and pictures in document order, outermost only */
function linksIn(node) {
  if ((node.type === "link" || node.type === "image") && isRelative(node.url)) return [node];
  return (node.children ?? []).flatMap(linksIn);
}

/** @param {any} node @param {string} markdown */
function wordsOf(node, markdown) {
  const [first, last] = [node.children?.at(0), node.children?.at(-1)];
  return first === undefined ? "" : markdown.slice(first.position.start.offset, last.position.end.offset);
}
