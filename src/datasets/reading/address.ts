/** Texts that are none: addresses of pictures, recordings and pages, which projects of other kinds have in a text's place. */

/** Whether a text is an address and nothing else. */
export function isAddress(text: string): boolean {
  return /^(?:(?:https?|s3|gs|azure-blob|file):\/\/|\/data\/|data:[a-z]+\/)\S+$/i.test(text.trim());
}

/** Why such a text is not taken. */
export const IS_ADDRESS = "what stands in the text's place is an address: pictures, recordings and pages are not read";
