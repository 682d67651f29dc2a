/** How a lost connection is tried again. */
export interface Retry {
  /** How often in a row it is tried again before the client gives up. Default 12, half a minute. */
  readonly attempts: number;
  /** Longest wait before the first try again, in milliseconds. Default 50. */
  readonly minDelay: number;
  /** Longest wait ever, in milliseconds. Default 5000. */
  readonly maxDelay: number;
}

/** What holds where the caller says nothing. */
export const defaultRetry: Retry = { attempts: 12, minDelay: 50, maxDelay: 5000 };

/**
 * Return the milliseconds to wait before a try.
 *
 * It doubles with each failure and is jittered down to half, so that the windows of an app that lost
 * the same server do not come back in one moment.
 *
 * @param failures Failed tries so far, from 1.
 * @param random A number in [0, 1).
 */
export function backoff(failures: number, retry: Retry, random: number): number {
  const longest = Math.min(retry.maxDelay, retry.minDelay * 2 ** (failures - 1));
  return longest * (0.5 + random / 2);
}
