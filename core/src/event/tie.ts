/** A number by which writes of the same instant are ordered, whoever looks (FNV-1a: nothing depends on its being hard to guess). */
export function tieOf(messageId: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < messageId.length; index += 1) hash = Math.imul(hash ^ messageId.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
