import {
  type LiveQuery,
  type LiveSnapshot,
  type Readable,
  SidecarError,
} from "../../src/client/index.ts";

/** Wait until a readable holds a value that passes, and return it. */
export function until<T, Wanted extends T>(
  readable: Readable<T>,
  test: (value: T) => value is Wanted,
): Promise<Wanted>;
export function until<T>(readable: Readable<T>, test: (value: T) => boolean): Promise<T>;
export function until<T>(readable: Readable<T>, test: (value: T) => boolean): Promise<T> {
  return new Promise((resolve) => {
    let leave = (): void => {};
    const look = (): void => {
      const value = readable.getSnapshot();
      if (!test(value)) return;
      leave();
      resolve(value);
    };
    leave = readable.subscribe(look);
    look();
  });
}

/** Wait until a live query has data that passes, and return it. */
export async function untilData<Data>(
  live: LiveQuery<Data>,
  test: (data: Data) => boolean = () => true,
): Promise<Data> {
  const ready = await until(
    live,
    (snapshot): snapshot is Extract<LiveSnapshot<Data>, { readonly status: "ready" }> =>
      snapshot.status === "ready" && test(snapshot.data),
  );
  return ready.data;
}

/** Return the SidecarError a promise rejects with. */
export async function failure(promise: Promise<unknown>): Promise<SidecarError> {
  try {
    await promise;
  } catch (error) {
    if (SidecarError.is(error)) return error;
    throw error;
  }
  throw new Error("It did not fail");
}
