/**
 * Version of the contract: files, events, codes. It changes when a change could break somebody who uses it; the
 * fingerprint test asks for the decision.
 */
export const CONTRACT_VERSION = 1;
