/** Markdown for hovers and tooltips. Text from outside is text in it, never markup; the only links are commands of this extension. */
import { MarkdownString } from "vscode";
import { plainText } from "../../text/shown";

/** Paragraphs of text; `strong` first, in bold. Nothing in it is a link, an image or HTML. */
export function paragraphs(texts: readonly string[], strong?: string): MarkdownString {
  const markdown = new MarkdownString();
  markdown.isTrusted = false;
  markdown.supportHtml = false;
  markdown.supportThemeIcons = false;
  // A text alone: begun with blanks or a number it would be code or a list.
  if (strong !== undefined) markdown.appendMarkdown("**").appendText(plainText(strong).trim()).appendMarkdown("** · ");
  texts.forEach((text, index) => {
    if (index > 0) markdown.appendMarkdown("\n\n");
    markdown.appendText(plainText(text).trim());
  });
  return markdown;
}

/** A link that runs a command. */
export interface CommandLink {
  /** Of this program alone. */
  readonly title: string;
  readonly command: string;
  /** Handed on as data: it may come from anywhere. */
  readonly argument: string;
}

/** Brackets end a link, and `encodeURIComponent` leaves them. */
function encoded(argument: string): string {
  const bracket = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(JSON.stringify([argument])).replace(/[!'()*]/g, bracket);
}

/** Links in a row. They can run the commands they name and nothing else. */
export function commandLinks(links: readonly CommandLink[]): MarkdownString {
  const markdown = new MarkdownString(
    links.map(({ title, command, argument }) => `[${title}](command:${command}?${encoded(argument)})`).join(" · "),
  );
  markdown.isTrusted = { enabledCommands: links.map(({ command }) => command) };
  markdown.supportHtml = false;
  return markdown;
}
