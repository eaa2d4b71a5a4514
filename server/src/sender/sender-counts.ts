import type { Verdict } from './judge-outcome.ts';

/** What this process's sender has done since it began. */
export class SenderCounts {
  accepted = 0;
  rejected = 0;
  temporary = 0;
  notSent = 0;
  unknown = 0;
  cancelled = 0;

  note(verdict: Verdict): void {
    switch (verdict.outcome) {
      case 'accepted': this.accepted += 1; return;
      case 'rejected': this.rejected += 1; return;
      case 'temporary': this.temporary += 1; return;
      case 'not-sent': this.notSent += 1; return;
      case 'unknown': this.unknown += 1; return;
    }
  }
}
