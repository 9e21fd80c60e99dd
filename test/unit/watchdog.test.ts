import { strict as assert } from "node:assert";
import { Watchdog } from "../../src/engine/watchdog";
import type { Clock } from "../../src/engine/watchdog";

/** Time that passes when it is told to. `sleep` passes without a look, as when the machine sleeps. */
class TestClock implements Clock {
  #time = 0;
  #look: { every: number; due: number; call: () => void } | undefined;
  #later: (() => void)[] = [];

  now(): number {
    return this.#time;
  }
  every(ms: number, call: () => void): () => void {
    const look = { every: ms, due: this.#time + ms, call };
    this.#look = look;
    return () => {
      if (this.#look === look) this.#look = undefined;
    };
  }
  soon(then: () => void): void {
    this.#later.push(then);
  }
  /** Whether anybody looks. */
  get watched(): boolean {
    return this.#look !== undefined;
  }
  sleep(ms: number): void {
    this.#time += ms;
    if (this.#look) this.#look.due = this.#time;
    this.pass(0);
  }
  pass(ms: number, deliver: () => void = () => undefined): void {
    const end = this.#time + ms;
    while (this.#look && this.#look.due <= end) {
      this.#time = this.#look.due;
      this.#look.due += this.#look.every;
      this.#look.call();
      if (this.#later.length > 0) deliver();
      for (const then of this.#later.splice(0)) then();
    }
    this.#time = end;
  }
}

const patience = { startMs: 60_000, answerMs: 2000, batchMs: 10_000, tokenMs: 10, slack: 50 };

describe("watchdog", () => {
  let clock: TestClock;
  let silences: number[];
  let dog: Watchdog;
  beforeEach(() => {
    clock = new TestClock();
    silences = [];
    dog = new Watchdog((ms) => silences.push(ms), patience, clock);
  });

  it("notices work that never begins, once", () => {
    dog.sent();
    clock.pass(1900);
    assert.deepEqual(silences, []);
    clock.pass(200);
    assert.equal(silences.length, 1);
    clock.pass(100_000);
    assert.equal(silences.length, 1);
    assert.equal(clock.watched, false);
  });

  it("gives a batch time by its size", () => {
    dog.sent();
    dog.begins(100);
    clock.pass(10_900);
    assert.deepEqual(silences, []);
    clock.pass(300);
    assert.equal(silences.length, 1);
  });

  it("gives a batch time by what batches took so far, on a machine that is slow", () => {
    dog.sent();
    dog.begins(100);
    clock.pass(5000);
    dog.begins(100);
    // 50 ms a token so far: 10 s and 100 tokens of 50 × 50 ms.
    clock.pass(250_000);
    assert.deepEqual(silences, []);
    clock.pass(15_000);
    assert.equal(silences.length, 1);
  });

  it("starts anew with every sign of life", () => {
    dog.sent();
    for (let i = 0; i < 100; i++) {
      dog.begins(1);
      clock.pass(9000);
      dog.heard();
      clock.pass(1500);
    }
    assert.deepEqual(silences, []);
  });

  it("does not watch while nothing is wanted, and goes on with the batch under way", () => {
    dog.sent();
    dog.begins(1);
    clock.pass(6000);
    dog.rest();
    assert.equal(clock.watched, false);
    clock.pass(1_000_000);
    assert.deepEqual(silences, []);
    dog.sent();
    clock.pass(3000);
    assert.deepEqual(silences, [], "the batch has its own time, not that of an idle process");
    clock.pass(3000);
    assert.equal(silences.length, 1);
  });

  it("counts a sleep of hours as two looks", () => {
    dog.sent();
    dog.begins(1);
    clock.sleep(8 * 3_600_000);
    clock.pass(8000);
    assert.deepEqual(silences, []);
    clock.pass(2000);
    assert.equal(silences.length, 1);
  });

  it("hears what has come in while this program was busy before it calls it silence", () => {
    dog.sent();
    clock.pass(2100, () => dog.heard());
    assert.deepEqual(silences, []);
  });

  it("is twice as patient after each time", () => {
    for (const [before, after] of [
      [1900, 200],
      [3900, 300],
      [7800, 500],
    ]) {
      dog.sent();
      clock.pass(before!);
      const count = silences.length;
      clock.pass(after!);
      assert.equal(silences.length, count + 1);
    }
    dog.reset();
    dog.sent();
    clock.pass(2200);
    assert.equal(silences.length, 4);
  });

  it("gives the start its own time, and each device anew", () => {
    dog.starting();
    clock.pass(59_000);
    dog.heard();
    dog.starting();
    clock.pass(59_000);
    assert.deepEqual(silences, []);
    clock.pass(3000);
    assert.equal(silences.length, 1);
  });
});
