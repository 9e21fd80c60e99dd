import assert from "node:assert/strict";
import type { EventSink } from "../../../src/labels/contract";
import type { DecisionEvent } from "../../../src/labels/events";
import { encodeLine } from "../../../src/labels/log/line";
import { parseLog } from "../../../src/labels/log/read-log";

/** A log in memory: what it is given goes through the lines of a file and back. */
export class Log implements EventSink {
  readonly events: DecisionEvent[] = [];
  append(events: readonly DecisionEvent[]): Promise<void> {
    const { events: read, issues } = parseLog(events.map(encodeLine).join(""), "log");
    assert.deepEqual(issues, []);
    this.events.push(...read);
    return Promise.resolve();
  }
}
