/**
 * Raised when the same definitions come to ask contacts for something else: other leaves, or another meaning of a
 * condition. What was published in another format is published anew when a server starts.
 */
export const PROGRAM_FORMAT = 2;
