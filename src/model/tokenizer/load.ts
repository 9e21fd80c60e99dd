/** Opens the tokenizer of a model folder. */
import { BertTokenizer } from "./bert";
import { readTokenizerFiles } from "./files";
import { PipelineTokenizer } from "./pipeline";
import type { Tokenizer } from "./tokenizer";

/**
 * Loads the tokenizer of a model folder (`tokenizer.json`, and `tokenizer_config.json` if there is one).
 * @throws {ModelError} naming the file, when one is missing, not JSON, or of a kind that cannot be aligned with the text.
 */
export async function loadTokenizer(dir: string): Promise<Tokenizer> {
  const found = await readTokenizerFiles(dir);
  return found.kind === "bert" ? new BertTokenizer(found.parts) : new PipelineTokenizer(found.parts);
}
