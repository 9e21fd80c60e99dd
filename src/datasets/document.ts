/** Labelled documents: what every writer of a format is a function of. Offsets are UTF-16 code units of `text`. */
import type { LabelDefinition, LabelSets } from "../labels/labelset";
import type { Decided, Labelled } from "../documents/labelled";
import type { Masked } from "../text/sentences";
import type { Span } from "../text/span";

/** A document of a workspace with everything decided on it. */
export interface LabelledDocument extends Labelled<Decided> {
  /** Relative to the workspace, with `/`. */
  readonly path: string;
  /** In order; trimmed; not overlapping. Markup in them (`masked`) is no word of theirs. Those of the dataset that the text came from have `words` of their own. */
  readonly sentences: readonly (Span & { readonly masked?: readonly Masked[]; readonly words?: readonly Span[] })[];
}

/** Documents in order of path. They may be read anew each time somebody goes through them. */
export type Documents = Iterable<LabelledDocument>;

/** The choices of {@link WriterOptions.tokens}, the default first. */
export const TOKEN_CHOICES = ["source", "own"] as const;
/** One of {@link TOKEN_CHOICES}. */
export type TokenChoice = (typeof TOKEN_CHOICES)[number];

/** What writers need to know. */
export interface WriterOptions {
  readonly labels: LabelSets;
  /** Which documents are held out is drawn with this. */
  readonly seed: number;
  /** Share of documents in `validation`, 0 to below 1. */
  readonly validation: number;
  /** Share of documents in `test`, 0 to below 1. */
  readonly test: number;
  /** Whose words and sentences formats of tokens get: those of the dataset that a text came from, where it has some and the text is as it was (default), or our own. */
  readonly tokens?: TokenChoice;
  /** The format's own options by name ({@link FormatOption}); absent: its defaults. */
  readonly choices?: Readonly<Record<string, string>>;
  /** The executable of a Python the user named, for formats that a Python library writes; never one that a workspace names. */
  readonly python?: string;
}

/** Something a format lets the user choose, such as the tag scheme: a list of values, offered by the editor and the command line alike. */
export interface FormatOption {
  readonly name: string;
  readonly title: string;
  /** The default first. */
  readonly values: readonly string[];
}

/** A format's option as chosen, or its default. @throws {RangeError} for a value it does not have, naming those it has. */
export function chosenOption(option: FormatOption, choices: Readonly<Record<string, string>> = {}): string {
  const value = choices[option.name] ?? option.values[0]!;
  if (option.values.includes(value)) return value;
  throw new RangeError(`"${value}" is no value of ${option.name}; those are ${option.values.join(", ")}.`);
}

/** Of choices that were made for several formats, those that are some format's own. */
export function chooseOwn(
  options: readonly FormatOption[] = [],
  choices: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const fits = ([name, value]: [string, string]): boolean =>
    options.some((option) => option.name === name && option.values.includes(value));
  return Object.fromEntries(Object.entries(choices).filter(fits));
}

/** Ids of classes as the field's formats want them: 0 to n−1, in order of the fixed ids, retired labels included so that numbers stay. */
export function classNames(labels: readonly LabelDefinition[]): readonly string[] {
  return labels.map(({ name }) => name);
}

/** Tag names of the BIO scheme: `O`, then `B-` and `I-` for each label in order of id. */
export function bioNames(labels: readonly LabelDefinition[]): readonly string[] {
  return ["O", ...classNames(labels).flatMap((name) => [`B-${name}`, `I-${name}`])];
}
