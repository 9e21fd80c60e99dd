/** Texts that are none: addresses of pictures, recordings and pages, which projects of other kinds have in a text's place. */

const MEDIA = /\.(?:png|jpe?g|gif|webp|bmp|tiff?|svg|wav|mp3|ogg|flac|m4a|mp4|webm|avi|mov|pdf)$/i;

/** Whether a text is an address, or the path of a picture or recording, and nothing else. */
export function isAddress(text: string): boolean {
  const path = text.trim();
  // Folders may have blanks in their names; a sentence that ends in an address has them before the first slash.
  if (MEDIA.test(path) && path.length < 300 && (/^\S*\//.test(path) || !/\s/.test(path))) return true;
  return /^(?:(?:https?|s3|gs|azure-blob|file):\/\/|\/data\/|data:[a-z]+\/)\S+$/i.test(path);
}

/** Why such a text is not taken. */
export const IS_ADDRESS = "what stands in the text's place is an address: pictures, recordings and pages are not read";
