/** Arguments that `String.fromCharCode` is given at once; engines limit how many they take. */
const CHUNK = 0x2000;

/** Return the base64 text of a blob's bytes. */
export async function base64(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK) {
    parts.push(String.fromCharCode(...bytes.subarray(at, at + CHUNK)));
  }
  return btoa(parts.join(""));
}

/** Return the blob of a base64 text. */
export function blobOf(text: string, type: string): Blob {
  return new Blob([Uint8Array.from(atob(text), (character) => character.charCodeAt(0))], { type });
}
