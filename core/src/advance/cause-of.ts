import { eventNameOf } from '../message/observation-of-outcome.ts';
import type { Cause } from './effects.ts';
import type { Input } from './inputs.ts';
import type { Turn } from './turn.ts';

/** What changes are put down to that an input brings about. */
export function causeOf({ program, cause }: Turn, input: Input): Cause {
  switch (input.kind) {
    case 'record': {
      const { record } = input;
      if (record.kind === 'unmerge') return cause;
      if (record.kind === 'event') return { kind: 'event', name: record.name, id: record.messageId };
      return { kind: 'event', name: eventNameOf(record) ?? record.outcome, id: record.messageId };
    }
    case 'claim': return { kind: 'merge', with: input.claimant };
    case 'merge-into': return { kind: 'merge', with: input.target };
    case 'absorb': return { kind: 'merge', with: input.state.id };
    case 'release': return { kind: 'unmerge', from: input.root };
    case 'restore': return { kind: 'unmerge', from: input.from };
    case 'refresh': return { kind: 'definition', version: program.version };
    case 'claim-refused': case 'order-revoked': case 'erase': return cause;
  }
}
