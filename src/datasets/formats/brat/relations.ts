/** Relations, equivalences and events of one `.ann` file, as relations between the labels of its `T` lines. */
import type { Details, Relation } from "../../../documents/labelled";
import type { Loss } from "../../losses";
import type { AnnLine, Argument, Joining, TextBound } from "./lines";

type InFile = { readonly file: string };

/** Where a line is, and what is told of it. */
export type Tell = (line: { readonly line: number } & InFile, reason: string, of?: Partial<Loss>) => void;

/** The roles of a relation's arguments, as brat writes them. */
const ROLES = ["Arg1", "Arg2"];

/** What the lines of a file say of more than one annotation. */
export class Joined {
  readonly #lines: readonly (Joining & InFile)[];
  /** The label of an event is that of its trigger. */
  readonly #triggers = new Map<string, string>();
  /** Ids of `T` lines that others refer to. */
  readonly #named = new Set<string>();
  readonly #roles = new Map<string, { readonly line: Joining & InFile; count: number }>();

  constructor(
    lines: readonly (AnnLine & InFile)[],
    private readonly tell: Tell,
  ) {
    this.#lines = lines.filter(
      (line): line is Joining & InFile =>
        line.kind === "relation" || line.kind === "event" || line.kind === "equivalence",
    );
    const texts = new Map(lines.flatMap((line) => (line.kind === "text" ? [[line.id, line]] : [])));
    for (const line of this.#lines) if (line.trigger !== undefined) this.#event(line, texts.get(line.trigger));
    for (const { of, trigger } of this.#lines) {
      if (trigger !== undefined) this.#named.add(trigger);
      for (const { target } of of) this.#named.add(this.labelOf(target));
    }
  }

  #event(line: Joining & InFile, trigger: TextBound | undefined): void {
    const { id, type, trigger: of = "" } = line;
    if (trigger === undefined) this.tell(line, `${id}: its trigger ${of} is not in the file`, { label: type });
    else if (trigger.type !== type)
      this.tell(line, `${id}: the event is a ${type}, its trigger a ${trigger.type}: the label is the trigger's`, {
        kind: "renamed",
        label: type,
      });
    this.#triggers.set(id, of);
  }

  /** The `T` line that stands for what is referred to: of an event its trigger. */
  labelOf(target: string): string {
    return this.#triggers.get(target) ?? target;
  }

  /** Whether anything refers to a `T` line. */
  names(id: string): boolean {
    return this.#named.has(id);
  }

  /** The relations of all lines. @param details what is said of a line of this id besides */
  relations(type: (type: string) => string, details: (line: Joining & InFile) => Details): Relation[] {
    const found = this.#lines.flatMap((line) => this.#pairs(line, type, details));
    for (const [what, { line, count }] of this.#roles)
      this.tell(line, `${what} are the labels that the relation goes from and to here`, { kind: "renamed", count });
    return found;
  }

  #pairs(
    line: Joining & InFile,
    type: (type: string) => string,
    details: (line: Joining & InFile) => Details,
  ): Relation[] {
    const { kind, of, trigger } = line;
    const relation = (name: string, from: string, to: string): Relation => ({
      ...{ type: type(name), from: this.labelOf(from), to: this.labelOf(to), line: line.line },
    });
    if (kind === "event") return of.map(({ role, target }) => relation(role, trigger ?? "", target));
    if (kind === "equivalence")
      return of.slice(1).map(({ target }, index) => relation(line.type, of[index]!.target, target));
    const [from, to, ...more] = this.#inOrder(line);
    for (const { role } of more)
      this.tell(line, `${line.id}: a relation here joins two labels, and this is its "${role}"`, { label: line.type });
    return [{ ...relation(line.type, from!.target, to!.target), ...details(line) }];
  }

  #inOrder(line: Joining & InFile): readonly Argument[] {
    const { of } = line;
    const roles = of.slice(0, 2).map(({ role }) => role);
    if (roles.every((role) => ROLES.includes(role))) return roles[0] === ROLES[1] ? of.toReversed() : of;
    const what = `${line.type}: its ${roles.map((role) => `"${role}"`).join(" and ")}`;
    const known = this.#roles.get(what) ?? { line, count: 0 };
    known.count++;
    this.#roles.set(what, known);
    return of;
  }
}
