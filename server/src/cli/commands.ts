import type { Command } from './command.ts';

interface Listed {
  name: string;
  summary: string;
  load(): Promise<Command>;
}

/** All commands in the order of the help. Each is loaded when it is called, so that none waits for the others' parts. */
export const COMMANDS: readonly Listed[] = [
  { name: 'start', summary: 'start the server', load: async () => (await import('./commands/start.ts')).startCommand },
  { name: 'validate', summary: 'check the definitions of a directory', load: async () => (await import('./commands/validate.ts')).validateCommand },
  { name: 'test', summary: 'play the scenarios of a directory', load: async () => (await import('./commands/test.ts')).testCommand },
  { name: 'replay', summary: 'run definitions over recorded events, without sending', load: async () => (await import('./commands/replay.ts')).replayCommand },
  { name: 'diff', summary: 'show how a directory differs from the server', load: async () => (await import('./commands/diff.ts')).diffCommand },
  { name: 'apply', summary: 'publish a directory on the server', load: async () => (await import('./commands/apply.ts')).applyCommand },
  { name: 'export', summary: 'write the server\'s definitions to a directory', load: async () => (await import('./commands/export.ts')).exportCommand },
  { name: 'backfill', summary: 'see, pause, resume or cancel applying segments to contacts', load: async () => (await import('./commands/backfill.ts')).backfillCommand },
  { name: 'schema', summary: 'show which traits there are, of which types', load: async () => (await import('./commands/schema.ts')).schemaCommand },
  { name: 'import', summary: 'import contacts, events and orders from a file', load: async () => (await import('./commands/import.ts')).importCommand },
  { name: 'contact', summary: 'show a contact what is known, or forget it', load: async () => (await import('./commands/contact.ts')).contactCommand },
  { name: 'score', summary: 'show what scores and personas make of a contact', load: async () => (await import('./commands/score.ts')).scoreCommand },
  { name: 'erasures', summary: 'list erasures, and make them again after a backup', load: async () => (await import('./commands/erasures.ts')).erasuresCommand },
  { name: 'quality', summary: 'how good the data is, and making it better', load: async () => (await import('./commands/quality.ts')).qualityCommand },
  { name: 'lists', summary: 'lists of people: show, make, fill from a file', load: async () => (await import('./commands/lists.ts')).listsCommand },
  { name: 'stop-sending', summary: 'emergency stop: nothing leaves any more', load: async () => (await import('./commands/sending.ts')).stopSendingCommand },
  { name: 'resume-sending', summary: 'end the emergency stop', load: async () => (await import('./commands/sending.ts')).resumeSendingCommand },
  { name: 'test-mode', summary: 'let mail reach listed recipients only', load: async () => (await import('./commands/test-mode.ts')).testModeCommand },
  { name: 'suppressions', summary: 'addresses that are never written to: list, exchange, add, remove', load: async () => (await import('./commands/suppressions.ts')).suppressionsCommand },
  { name: 'keys', summary: 'list, make and revoke keys', load: async () => (await import('./commands/keys.ts')).keysCommand },
];

/** The general help. */
export function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length), 'version'.length);
  const row = (name: string, summary: string): string => `  ${name.padEnd(width)}  ${summary}`;
  return [
    'Samovar keeps leads warm: marketing automation that you run yourself.', '',
    'Usage: samovar COMMAND [options]', '',
    ...COMMANDS.map(({ name, summary }) => row(name, summary)),
    row('help', 'this text, or that of a command: samovar help COMMAND'),
    row('version', 'the version'), '',
    'Exit codes: 0 done, 1 failed, 2 called wrongly.', '',
  ].join('\n');
}
