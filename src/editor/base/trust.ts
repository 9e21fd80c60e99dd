/** Which settings a workspace that nobody trusts may set. Pure, so that a test can hold the manifest to it. */

/** What names a path, a program or a person, or an amount of memory or of work: there only the user's own value counts. Without the prefix. */
export const RESTRICTED = [
  "annotator",
  "answers.index",
  "device",
  "maxDocumentSize",
  "model",
  "models",
  "python",
  "reviewQueue.documents",
  "teach.offerAfter",
  "threads",
] as const;

/** A setting that counts only if it is the user's own, or the workspace is trusted. */
export type Restricted = (typeof RESTRICTED)[number];

/** The others, each with the reason why anybody may set it. */
export const HARMLESS = {
  enabled: "switches labelling off, or on for what the user opens",
  languages: "says which of the documents that the user opens are labelled; each within maxDocumentSize",
  otherLanguages:
    "says whether documents in other languages than the model's are labelled; each within maxDocumentSize",
  "review.visit": "says where Review Mode stops",
  labelNames: "says how the names of labels are shown",
  density: "says how much of a label is drawn in the text",
  repeatDecisions: "shows fewer or more suggestions, all of the user's own decisions",
  consistency: "says in which open documents labels of the same words are compared, all of them decided on",
  consistencySeverity: "says how words with several labels are told of",
  outline: "says which documents have their labels in the outline, at most 2,000 of them",
  "entities.enabled": "shows fewer or more suggestions",
  "entities.minimumConfidence": "shows fewer or more suggestions; at most 3,000 are drawn",
  "entities.labelConfidence": "shows fewer or more suggestions; at most 3,000 are drawn",
  "sentiment.enabled": "shows fewer or more suggestions",
  "sentiment.minimumConfidence": "shows fewer or more suggestions; at most 3,000 are drawn",
  "sentiment.labelConfidence": "shows fewer or more suggestions; at most 3,000 are drawn",
  "answers.count": "how many of the answers found are listed, at most 50; no more is read for it",
  "answers.minimumConfidence": "how many of the answers found are listed; no more is read for it",
} as const;

/** A setting that a workspace may set, trusted or not. */
export type Harmless = keyof typeof HARMLESS;
