import {
  combineLatest,
  firstValueFrom,
  from,
  map,
  of,
  type Observable as RxjsObservable,
  switchMap,
  take,
  toArray,
} from "rxjs";
import { describe, expect, expectTypeOf, it } from "vitest";
import { filtered, mapped, Observable, Subject, shared } from "../../src/rxdb/observable.ts";

describe("an observable", () => {
  it("is one to rxjs: for from, operators, and what combines", async () => {
    const subject = new Subject<number>();
    const seen: unknown[] = [];
    from(subject).subscribe((value) => seen.push(["from", value]));
    const subscription = subject
      .pipe(
        map((value) => value * 2),
        switchMap((value) => of(value, value + 1)),
      )
      .subscribe((value) => seen.push(["pipe", value]));
    combineLatest([subject, of("x")]).subscribe((pair) => seen.push(["both", pair]));
    subject.next(1);
    subscription.unsubscribe();
    subject.next(2);
    expect(seen).toEqual([
      ["from", 1],
      ["pipe", 2],
      ["pipe", 3],
      ["both", [1, "x"]],
      ["from", 2],
      ["both", [2, "x"]],
    ]);
    expectTypeOf(subject).toExtend<RxjsObservable<number>>();
  });

  it("ends its source when an operator has enough", async () => {
    let stopped = 0;
    const counting = new Observable<number>((subscriber) => {
      subscriber.next(1);
      subscriber.next(2);
      subscriber.next(3);
      return () => {
        stopped += 1;
      };
    });
    expect(await firstValueFrom(counting)).toBe(1);
    expect(await firstValueFrom(counting.pipe(take(2), toArray()))).toEqual([1, 2]);
    expect(stopped).toBe(2);
  });

  it("is read by for await, also what comes meanwhile, and is left at the end", async () => {
    let stopped = false;
    const source = new Observable<number>((subscriber) => {
      for (const value of [1, 2, 3]) subscriber.next(value);
      return () => {
        stopped = true;
      };
    });
    const seen: number[] = [];
    for await (const value of source) {
      seen.push(value);
      await Promise.resolve();
      if (value === 3) break;
    }
    expect(seen).toEqual([1, 2, 3]);
    expect(stopped).toBe(true);
    const failing = new Observable<number>((subscriber) => {
      subscriber.next(1);
      subscriber.error(new Error("no more"));
      return undefined;
    });
    const read = async (): Promise<void> => {
      for await (const value of failing) seen.push(value);
    };
    await expect(read()).rejects.toThrow("no more");
    expect(seen.at(-1)).toBe(1);
  });

  it("that is shared runs once, gives who comes later the last value, and ends with the last", () => {
    const runs: string[] = [];
    let tell = (_value: number): void => {};
    const source = shared<number>((all) => {
      runs.push("begun");
      tell = all.next;
      return () => {
        runs.push("ended");
      };
    });
    const seen: string[] = [];
    const one = source.subscribe((value) => seen.push(`one ${value}`));
    tell(1);
    const two = source.subscribe((value) => seen.push(`two ${value}`));
    tell(2);
    one.unsubscribe();
    two.unsubscribe();
    source.subscribe((value) => seen.push(`three ${value}`)).unsubscribe();
    expect(seen).toEqual(["one 1", "two 1", "one 2", "two 2"]);
    expect(runs).toEqual(["begun", "ended", "begun", "ended"]);
  });

  it("gives each value once, where it is told what is the same", () => {
    const subject = new Subject<number>();
    const seen: number[] = [];
    const even = filtered(subject, (value) => value % 2 === 0);
    mapped(even, (value) => value % 3, Object.is).subscribe((value) => seen.push(value));
    for (const value of [2, 4, 5, 8, 14, 10, 6]) subject.next(value);
    expect(seen).toEqual([2, 1, 2, 1, 0]);
  });
});
