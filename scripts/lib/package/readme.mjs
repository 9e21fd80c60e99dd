// The README that the VSIX shows on the extension's page. Files of the repository are not there: a picture goes in as data, a link to
// a file becomes the link's own words.
import { fromMarkdown } from "mdast-util-from-markdown";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";

const isRelative = (url) => !/^(?:[a-z][a-z\d+.-]*:|#)/i.test(url);

/** Pictures of a README are PNG; SVG is refused on the extension's page. */
const mediaTypes = { ".png": "image/png", ".jpg": "image/jpeg", ".gif": "image/gif" };

/**
 * @param {string} root the folder that relative addresses start from
 * @param {string} markdown
 * @returns {Promise<string>} the same text without a relative address
 * @throws {Error} when a picture cannot be read or is of another kind than PNG, JPEG or GIF
 */
export async function standaloneReadme(root, markdown) {
  let result = markdown;
  // From the end, so that what is replaced does not move what is still to come.
  for (const node of linksIn(fromMarkdown(markdown)).reverse()) {
    const { start, end } = node.position;
    result = result.slice(0, start.offset) + (await standalone(root, node, markdown)) + result.slice(end.offset);
  }
  return result;
}

/** @param {any} node @returns {any[]} relative links and pictures in document order, outermost only */
function linksIn(node) {
  if ((node.type === "link" || node.type === "image") && isRelative(node.url)) return [node];
  return (node.children ?? []).flatMap(linksIn);
}

/** @param {string} root @param {any} node @param {string} markdown */
async function standalone(root, node, markdown) {
  if (node.type === "link") {
    const [first, last] = [node.children.at(0), node.children.at(-1)];
    return first === undefined ? "" : markdown.slice(first.position.start.offset, last.position.end.offset);
  }
  const type = mediaTypes[extname(node.url).toLowerCase()];
  if (type === undefined) throw new Error(`README.md: the picture ${node.url} is neither PNG, JPEG nor GIF.`);
  return `![${node.alt}](data:${type};base64,${await readFile(join(root, node.url), "base64")})`;
}
