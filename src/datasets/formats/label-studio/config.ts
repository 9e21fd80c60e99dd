/** Label Studio's labelling configuration (XML): the one that fits what we write, and what reading needs of any other. */
import { LABEL_TASKS, CLASSES, QUESTIONS, SPANS } from "../../../documents/tasks";
import { allowsSeveral } from "../../../labels/labelset";
import type { LabelDefinition, LabelSets } from "../../../labels/labelset";

/** Names of the tags in our configuration; results refer to them. */
export const TAGS = {
  text: "text",
  [SPANS]: "label",
  [CLASSES]: CLASSES,
  [QUESTIONS]: "answer",
  question: "question",
  unanswerable: "unanswerable",
} as const;

function attribute(value: string): string {
  return value.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

function labelTags(name: string, labels: readonly LabelDefinition[], several = false): string[] {
  return [
    `  <Labels name="${name}" toName="${TAGS.text}"${several ? ' choice="multiple"' : ""}>`,
    ...labels.map((label) => {
      const background = label.colour === undefined ? "" : ` background="${label.colour}"`;
      const hotkey = label.key === undefined || label.retired ? "" : ` hotkey="${attribute(label.key)}"`;
      return `    <Label value="${attribute(label.name)}"${background}${hotkey}/>`;
    }),
    "  </Labels>",
  ];
}

/** A control for each attribute of a region. */
function attributeTags(attributes: ConfigNeeds["attributes"]): string[] {
  return [...attributes].flatMap(([name, values]) => {
    const on = `name="${attribute(name)}" toName="${TAGS.text}" perRegion="true"`;
    if (values === "text") return [`  <TextArea ${on} maxSubmissions="1"/>`];
    const choices = values.map((value) => `    <Choice value="${attribute(value)}"/>`);
    return [`  <Header value="${attribute(name)}"/>`, `  <Choices ${on} choice="single">`, ...choices, "  </Choices>"];
  });
}

/** What a configuration has to have. */
export interface ConfigNeeds {
  readonly labels: LabelSets;
  /** With questions, and with ones that have no answer. */
  readonly answers: boolean;
  /** Types of relations between regions. */
  readonly relations: readonly string[];
  /** What regions say beside their labels: values to choose from, or a text. */
  readonly attributes: ReadonlyMap<string, readonly string[] | "text">;
}

/** A configuration with a tag for each kind of result. White space is shown as it is: Label Studio collapses it otherwise. */
export function labellingConfig({ labels, answers, relations, attributes }: ConfigNeeds): string {
  return [
    '<View style="white-space: pre-wrap;">',
    ...LABEL_TASKS.flatMap((task) =>
      labels[task].length > 0 ? labelTags(TAGS[task], labels[task], allowsSeveral(labels, task)) : [],
    ),
    ...(answers ? labelTags(TAGS[QUESTIONS], [{ id: 0, name: "answer" }]) : []),
    `  <Text name="${TAGS.text}" value="$text"/>`,
    ...(answers
      ? [
          `  <TextArea name="${TAGS.question}" toName="${TAGS.text}" perRegion="true" maxSubmissions="1"/>`,
          `  <TextArea name="${TAGS.unanswerable}" toName="${TAGS.text}"/>`,
        ]
      : []),
    ...attributeTags(attributes),
    ...(relations.length === 0
      ? []
      : ["  <Relations>", ...relations.map((type) => `    <Relation value="${attribute(type)}"/>`), "  </Relations>"]),
    "</View>",
    "",
  ].join("\n");
}

/** What shows a task's data: its tag, such as `Text` or `HyperText`, and the field of `data`. */
export interface ObjectTag {
  readonly tag: string;
  readonly field: string;
}

const TAG = /<([A-Za-z]+)((?:\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*\/?>/g;
const ATTRIBUTE = /([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** A configuration's object tags by name: those with a value that refers to the task's data. Nothing but tags and attributes is read. */
export function objectTags(xml: string): ReadonlyMap<string, ObjectTag> {
  const tags = new Map<string, ObjectTag>();
  for (const [, tag = "", rest = ""] of xml.replace(/<!--[\s\S]*?-->/g, "").matchAll(TAG)) {
    const attributes = new Map([...rest.matchAll(ATTRIBUTE)].map(([, name = "", a, b]) => [name, a ?? b ?? ""]));
    const [name, value] = [attributes.get("name"), attributes.get("value") ?? attributes.get("valueList")];
    if (name !== undefined && value?.startsWith("$") && !attributes.has("toName")) {
      tags.set(name, { tag, field: value.slice(1) });
    }
  }
  return tags;
}
