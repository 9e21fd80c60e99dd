/** Errors that keep their class, their words and their fields on the way from one process to another. */
import { RefusedFileError } from "../../files/refused";
import { CompactError } from "../../labels/log/compact";
import { LabelsError } from "../../labels/contract";
import { JournalWriteError } from "../../labels/log/journal";
import { LabelSetError } from "../../labels/labelset";
import { LockError } from "../../labels/log/lock";
import { ExportError } from "../export/target";
import { UnknownLabelsError } from "../export/unknown-labels";
import { ImportError } from "../import/import-error";
import { PythonError } from "../reading/python";
import { ReadError } from "../format";
import { SpanCheckError } from "../../text/checked-offsets";

const CLASSES = new Map(
  Object.entries({
    ...{ RefusedFileError, CompactError, LabelsError, JournalWriteError, LabelSetError, LockError },
    ...{ ExportError, UnknownLabelsError, ImportError, PythonError, ReadError, SpanCheckError },
    ...{ RangeError, TypeError, SyntaxError },
  }).map(([name, type]) => [name, type.prototype as object]),
);

/** An error as plain values. */
export interface SentError {
  /** Of its class. */
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  /** Its own fields that are text or numbers, such as `code` and `path`. */
  readonly fields: Readonly<Record<string, string | number>>;
  readonly cause?: SentError;
}

/** An error to send; of what is no error, the words. */
export function sentError(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), fields: {} };
  const { name, message, stack, cause } = error;
  const fields = Object.entries(error).filter(
    (entry): entry is [string, string | number] =>
      ["string", "number"].includes(typeof entry[1]) && entry[0] !== "name",
  );
  return {
    ...{ name, message, fields: Object.fromEntries(fields) },
    ...(stack !== undefined && { stack }),
    ...(cause instanceof Error && { cause: sentError(cause) }),
  };
}

/** The error that was sent: `instanceof` holds for the classes of this program. */
export function receivedError({ name, message, stack, fields, cause }: SentError): Error {
  const error = Object.create(CLASSES.get(name) ?? Error.prototype) as Error;
  const own: Record<string, unknown> = {
    ...{ name, message, stack: stack ?? `${name}: ${message}` },
    ...(cause && { cause: receivedError(cause) }),
  };
  for (const [key, value] of Object.entries(own))
    Object.defineProperty(error, key, { value, configurable: true, writable: true });
  return Object.assign(error, fields);
}
